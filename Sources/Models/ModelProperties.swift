/// What the rest of the house must know of a language model, whatever its architecture.
public struct ModelProperties: Equatable, Sendable {
  /// How text goes in and comes out.
  public enum Kind: String, Sendable {
    /// A source is read by an encoder; the answer is written by a decoder (T5).
    case encoderDecoder = "encoder-decoder"
    /// Prompt and answer are one sequence (Llama).
    case decoderOnly = "decoder-only"
  }

  /// How text goes in and comes out.
  public var kind: Kind
  /// The architecture's name, as `model_type` in `config.json`.
  public var architecture: String
  /// The number of token ids.
  public var vocabularySize: Int
  /// Numbers in a hidden state.
  public var width: Int
  /// The most tokens that positions exist for; nil where there is no such bound.
  public var contextLength: Int?
  /// The token that begins an answer (encoder-decoder) or a text (decoder-only).
  public var startToken: Int?
  /// The tokens that end an answer.
  public var endTokens: [Int]
  /// The token that fills up short rows.
  public var paddingToken: Int?
  /// Whether activations leave the range of fp16, so that it is refused.
  public var overflowsInHalf = false
  /// The number of layers whose inputs can be looked at while decoding; nil where they cannot.
  public var visibleLayers: Int?
  /// Whether the output matrix is the tokens' embedding.
  public var isTied = false
}
