import OrchardLayers
import OrchardTensors

/// A model that reads a whole text at once and gives each of its tokens a state that knows both sides.
///
/// Whoever embeds, classifies or fills gaps with one needs these members and no word of its architecture.
public protocol TextEncoder: CheckpointModule {
  /// What the rest of the house must know of this encoder.
  var properties: EncoderProperties { get }

  /// The last hidden states `[B, T, D]` of texts.
  ///
  /// What stands behind a row's length is padding: no text's states depend on it, and its own mean nothing. `types`
  /// `[B, T]` tells the two texts of a pair apart where the encoder does so; nil where all tokens are of one text.
  func hidden(_ rows: TokenRows, types: Tensor?, mode: ForwardMode) -> Tensor
}

/// A text encoder whose token embedding a masked head can share.
public protocol MaskableEncoder: TextEncoder {
  /// The token embedding `[V, D]`.
  var tokenEmbedding: Embedding { get }
  /// Whether a layer's activations are computed a second time in the backward pass, rather than kept for it.
  var recomputesActivations: Bool { get set }
}

extension TextEncoder {
  /// The last hidden states `[B, T, D]` of single texts.
  public func hidden(_ rows: TokenRows) -> Tensor { hidden(rows, types: nil, mode: .inference) }
}

/// What the rest of the house must know of a text encoder, whatever its architecture.
public struct EncoderProperties: Equatable, Sendable {
  /// The architecture's name, as `model_type` in `config.json`.
  public var architecture: String
  /// The number of token ids.
  public var vocabularySize: Int
  /// Numbers in a hidden state.
  public var width: Int
  /// The most tokens that positions exist for, special tokens included; nil where there is no such bound.
  public var contextLength: Int?
  /// How many kinds of text the encoder tells apart in a row: 2 where it knows the halves of a pair.
  public var typeCount: Int
  /// The token that fills up short rows.
  public var paddingToken: Int?

  /// Properties of an encoder.
  public init(
    architecture: String, vocabularySize: Int, width: Int, contextLength: Int?, typeCount: Int = 1,
    paddingToken: Int? = nil
  ) {
    self.architecture = architecture
    self.vocabularySize = vocabularySize
    self.width = width
    self.contextLength = contextLength
    self.typeCount = typeCount
    self.paddingToken = paddingToken
  }

  /// What is read of a language model whose states are used as an encoder's.
  init(_ properties: ModelProperties) {
    self.init(
      architecture: properties.architecture, vocabularySize: properties.vocabularySize, width: properties.width,
      contextLength: properties.contextLength, paddingToken: properties.paddingToken)
  }
}
