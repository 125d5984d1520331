// BART (Lewis and others 2019): an encoder-decoder of post-norm layers over learned positions.
// Shapes: B rows, S source tokens, T target tokens, D width, V vocabulary.

import OrchardLayers
import OrchardTensors

/// What a BART's `config.json` says.
public struct BARTConfiguration: Sendable {
  /// Positions begin behind two rows that no token takes.
  static let firstPosition = 2
  var vocabularySize, contextLength, encoderLayers, decoderLayers: Int
  var encoder, decoder: PostNormShape
  var embeddingScale: Double
  var isTied: Bool
  var startToken: Int
  var endTokens: [Int]
  var paddingToken: Int?

  /// Reads a configuration.
  ///
  /// - Throws: `ModelError` that names the key.
  public init(_ json: ModelConfiguration) throws {
    vocabularySize = try json.integer("vocab_size")
    contextLength = try json.integer("max_position_embeddings", default: 1024)
    encoderLayers = try json.integer("encoder_layers", default: 12)
    decoderLayers = try json.integer("decoder_layers", default: 12)
    encoder = try Self.shape(json, "encoder")
    decoder = try Self.shape(json, "decoder")
    embeddingScale = try json.flag("scale_embedding", default: false) ? Double(encoder.width).squareRoot() : 1
    isTied = try json.flag("tie_word_embeddings", default: true)
    endTokens = try json.tokens("eos_token_id")
    startToken = try json.integer("decoder_start_token_id", default: endTokens.first ?? 2, from: 0)
    paddingToken = try json.tokens("pad_token_id").first
  }

  private static func shape(_ json: ModelConfiguration, _ half: String) throws -> PostNormShape {
    var shape = try PostNormShape(
      width: try json.integer("d_model"), heads: try json.integer("\(half)_attention_heads"),
      inner: try json.integer("\(half)_ffn_dim"), epsilon: 1e-5,
      activation: try json.activation("activation_function", default: "gelu"), source: json.source)
    shape.dropout = try json.number("dropout", default: 0.1)
    shape.attentionOutputDropout = shape.dropout
    shape.attentionDropout = try json.number("attention_dropout", default: 0)
    shape.innerDropout = try json.number("activation_dropout", default: 0)
    shape.deviation = try json.number("init_std", default: 0.02)
    return shape
  }
}

/// The BART encoder-decoder.
public final class BART: LanguageModel {
  /// The token embedding, which encoder and decoder share.
  public let embedding: Embedding
  /// The half that reads the source.
  public let encoder: BARTStack
  /// The half that writes the answer.
  public let decoder: BARTStack
  /// The output matrix, where it is not the embedding.
  public let output: Embedding?
  /// Learned vectors that the encoder reads before the source.
  public var softPrompt: SoftPrompt?
  /// Several adapters that the rows of a pass choose from.
  public var rowAdapters: RowAdapters?
  /// What is added to the logits, `[1, V]`; training leaves it as it is.
  public let logitBias: Parameter
  /// Whether a layer's activations are computed a second time in the backward pass.
  public var recomputesActivations = false {
    didSet {
      encoder.recomputesActivations = recomputesActivations
      decoder.recomputesActivations = recomputesActivations
    }
  }
  private let configuration: BARTConfiguration

  /// A model without memory yet.
  public init(_ configuration: BARTConfiguration) {
    self.configuration = configuration
    let (count, width) = (configuration.vocabularySize, configuration.encoder.width)
    let deviation = configuration.encoder.deviation
    embedding = Embedding(count, width, deviation: deviation)
    encoder = BARTStack(
      configuration.encoder, layers: configuration.encoderLayers, context: configuration.contextLength,
      isDecoder: false)
    decoder = BARTStack(
      configuration.decoder, layers: configuration.decoderLayers, context: configuration.contextLength,
      isDecoder: true)
    output = configuration.isTied ? nil : Embedding(count, width, deviation: deviation)
    logitBias = Parameter([1, count], start: .constant(0))
    logitBias.isTrainable = false
  }

  /// What the rest of the house must know.
  public var properties: ModelProperties {
    ModelProperties(
      kind: .encoderDecoder, architecture: "bart", vocabularySize: configuration.vocabularySize,
      width: configuration.encoder.width, contextLength: configuration.contextLength - promptCount,
      startToken: configuration.startToken, endTokens: configuration.endTokens,
      paddingToken: configuration.paddingToken)
  }

  /// Keys and values of the encoder's attentions, then of the decoder's, each followed by the one to the source.
  public var prefixShape: PrefixShape {
    PrefixShape(
      slots: encoder.layers.count + 2 * decoder.layers.count, heads: configuration.decoder.heads,
      width: configuration.decoder.width)
  }

  /// From hidden states to logits.
  public var head: LanguageHead { LanguageHead(weight: (output ?? embedding).weight, bias: logitBias) }

  /// The names in Hugging Face checkpoints.
  public var checkpointKeys: CheckpointKeys {
    var rows: [(path: String, key: String)] = [
      ("embedding", "model.shared"), ("output", "lm_head"), ("logitBias", "final_logits_bias"),
    ]
    for stack in ["encoder", "decoder"] {
      let (ours, theirs) = ("\(stack).layers.*", "model.\(stack).layers.*")
      rows += [
        ("\(stack).positions", "model.\(stack).embed_positions"),
        ("\(stack).norm", "model.\(stack).layernorm_embedding"),
        ("\(ours).attention.norm", "\(theirs).self_attn_layer_norm"),
        ("\(ours).source.norm", "\(theirs).encoder_attn_layer_norm"), ("\(ours).norm", "\(theirs).final_layer_norm"),
      ]
      for (part, name) in [("attention", "self_attn"), ("source", "encoder_attn")] {
        for (layer, key) in [("query", "q_proj"), ("key", "k_proj"), ("value", "v_proj"), ("output", "out_proj")] {
          rows += CheckpointKeys.linear("\(ours).\(part).\(layer)", "\(theirs).\(name).\(key)")
        }
      }
      rows += CheckpointKeys.linear("\(ours).feedForward.up", "\(theirs).fc1")
      rows += CheckpointKeys.linear("\(ours).feedForward.down", "\(theirs).fc2")
    }
    let tied = ["model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight"]
    return CheckpointKeys(
      rows, aliases: ["model.shared.weight": configuration.isTied ? tied + ["lm_head.weight"] : tied],
      optional: ["final_logits_bias"])
  }

  /// The vectors of tokens, for encoder and decoder alike.
  public func tokenVectors(_ ids: Tensor) -> Tensor {
    let embedded = embedding(ids)
    return configuration.embeddingScale == 1 ? embedded : embedded * configuration.embeddingScale
  }

  /// The decoder's last hidden states `[B, T, D]`.
  public func hidden(_ batch: TokenBatch, mode: ForwardMode) -> Tensor {
    guard let source = batch.source else { preconditionFailure("a BART was given a batch without a source") }
    let encoded = encode(source, mode: mode)
    let sourceMask = AttentionMask(visible: softPrompt.before(source).visible(on: device))
    let prefix = softPrompt?.states(dtype)?.from(encoder.layers.count)
    return softPrompt.decoding(tokenVectors(batch.target.ids)) {
      decoder.decode($0, source: (encoded, sourceMask), prefix: prefix, mode: mode)
    }
  }

  /// The encoder's output `[B, S, D]`.
  public func encode(_ source: TokenRows, mode: ForwardMode) -> Tensor {
    encode(source, behind: softPrompt, mode: mode)
  }

  private func encode(_ source: TokenRows, behind prompt: SoftPrompt?, mode: ForwardMode) -> Tensor {
    encoder.encode(
      prompt.before(tokenVectors(source.ids)), prompt.before(source), prefix: prompt?.states(dtype), mode: mode)
  }

  /// Encodes the sources; the decoder first reads the start token.
  public func begin(_ prompts: [[Int]], adapters: [Int?]) -> (state: DecodingState, first: [[Int]]) {
    let state = state(of: prompts, adapters: adapters, layers: decoder.layers.count) { sources, prompt in
      let encoded = encode(sources, behind: prompt, mode: .inference)
      return decoder.layers.compactMap { $0.source?.keysAndValues(encoded) }
    }
    readDecoderPrompts(into: state) { decoder.read($0, into: state) }
    return (state, Array(repeating: [configuration.startToken], count: prompts.count))
  }

  /// Reads further tokens of every row.
  public func read(_ tokens: TokenRows, into state: DecodingState) -> Tensor {
    let hidden = pass(with: state.adapters) { decoder.read(tokenVectors(tokens.ids), into: state) }
    state.advance(by: tokens.lengths)
    return hidden
  }
}
