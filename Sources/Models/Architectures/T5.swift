// T5 (Raffel et al. 2020), with the gated form and the untied head of T5 1.1 and FLAN-T5; mT5 (Xue et al. 2021).
// Shapes: B rows, S source tokens, T target tokens, D width, H heads.

import OrchardLayers
import OrchardTensors

/// What a T5's `config.json` says.
public struct T5Configuration: Sendable {
  var vocabularySize, width, headWidth, inner, encoderLayers, decoderLayers, heads, buckets, greatestDistance: Int
  var epsilon, dropout, factor: Double
  var activation: Activation
  var isGated, isTied: Bool
  /// Whether a checkpoint without an output matrix has the embedding in its place.
  var mayShareHead = false
  /// The name in `config.json` under `model_type`.
  var name = "t5"
  var startToken: Int
  var endTokens: [Int]
  var paddingToken: Int?

  /// Reads a configuration.
  ///
  /// - Throws: `ModelError` that names the key.
  public init(_ json: ModelConfiguration) throws { try self.init(json, standardForm: "relu") }

  /// Reads the configuration of an mT5: gated, and with an output matrix of its own whatever the file says of tying.
  ///
  /// - Throws: `ModelError` that names the key.
  public static func multilingual(_ json: ModelConfiguration) throws -> T5Configuration {
    var configuration = try T5Configuration(json, standardForm: "gated-gelu")
    configuration.isTied = false
    configuration.mayShareHead = true
    configuration.name = "mt5"
    return configuration
  }

  private init(_ json: ModelConfiguration, standardForm: String) throws {
    vocabularySize = try json.integer("vocab_size")
    width = try json.integer("d_model")
    headWidth = try json.integer("d_kv")
    inner = try json.integer("d_ff")
    encoderLayers = try json.integer("num_layers")
    decoderLayers = try json.integer("num_decoder_layers", default: encoderLayers)
    heads = try json.integer("num_heads")
    buckets = try json.integer("relative_attention_num_buckets", default: 32)
    greatestDistance = try json.integer("relative_attention_max_distance", default: 128)
    epsilon = try json.number("layer_norm_epsilon", default: 1e-6)
    dropout = try json.number("dropout_rate", default: 0.1)
    factor = try json.number("initializer_factor", default: 1)
    let form = try json.text("feed_forward_proj", default: standardForm)
    isGated = form.hasPrefix("gated-")
    // "gated-gelu" means GELU in its tanh form: that is what T5 1.1 was trained with.
    let name = form == "gated-gelu" ? "gelu_new" : isGated ? String(form.dropFirst(6)) : form
    guard let activation = Activation(configured: name) else {
      throw ModelError("\(json.source): “feed_forward_proj” is “\(form)”, which is not known; use relu or gated-gelu")
    }
    self.activation = activation
    isTied = try json.flag("tie_word_embeddings", default: true)
    let padding = try json.integer("pad_token_id", default: 0, from: 0)
    startToken = try json.integer("decoder_start_token_id", default: padding, from: 0)
    endTokens = try json.tokens("eos_token_id")
    paddingToken = try json.tokens("pad_token_id").first
  }
}

/// The T5 encoder-decoder.
public final class T5: LanguageModel {
  /// The token embedding, which encoder and decoder share.
  public let embedding: Embedding
  /// The stack that reads the source.
  public let encoder: T5Stack
  /// The stack that writes the answer.
  public let decoder: T5Stack
  /// The output matrix, where it is not the embedding.
  public let output: Embedding?
  /// Learned vectors that the encoder reads before the source.
  public var softPrompt: SoftPrompt?
  /// Several adapters that the rows of a pass choose from.
  public var rowAdapters: RowAdapters?
  /// Whether a layer's activations are computed a second time in the backward pass.
  public var recomputesActivations = false {
    didSet {
      encoder.recomputesActivations = recomputesActivations
      decoder.recomputesActivations = recomputesActivations
    }
  }
  private let configuration: T5Configuration

  /// A model without memory yet.
  public init(_ configuration: T5Configuration) {
    self.configuration = configuration
    let factor = configuration.factor
    embedding = Embedding(configuration.vocabularySize, configuration.width, deviation: factor)
    encoder = T5Stack(configuration, layers: configuration.encoderLayers, isDecoder: false)
    decoder = T5Stack(configuration, layers: configuration.decoderLayers, isDecoder: true)
    output =
      configuration.isTied
      ? nil
      : Embedding(
        configuration.vocabularySize, configuration.width,
        deviation: factor * Double(configuration.width).squareRoot() / Double(configuration.width))
  }

  /// What the rest of the house must know.
  public var properties: ModelProperties {
    ModelProperties(
      kind: .encoderDecoder, architecture: configuration.name, vocabularySize: configuration.vocabularySize,
      width: configuration.width, contextLength: nil, startToken: configuration.startToken,
      endTokens: configuration.endTokens, paddingToken: configuration.paddingToken, overflowsInHalf: true)
  }

  /// Keys and values of the encoder's attentions, then of the decoder's, each followed by the one to the source.
  public var prefixShape: PrefixShape {
    PrefixShape(
      slots: encoder.layers.count + 2 * decoder.layers.count, heads: configuration.heads,
      width: configuration.heads * configuration.headWidth)
  }

  /// From hidden states to logits; a tied head scales them by D^-½.
  public var head: LanguageHead {
    if let output { return LanguageHead(weight: output.weight) }
    return LanguageHead(weight: embedding.weight, scale: 1 / Double(configuration.width).squareRoot())
  }

  /// The names in Hugging Face checkpoints.
  public var checkpointKeys: CheckpointKeys {
    var rows: [(path: String, key: String)] = [("embedding", "shared"), ("output", "lm_head")]
    for stack in ["encoder", "decoder"] {
      let block = "\(stack).block.*.layer"
      let forward = stack == "decoder" ? 2 : 1
      rows += [
        ("\(stack).layers.*.attention.norm", "\(block).0.layer_norm"),
        ("\(stack).positions", "\(stack).block.0.layer.0.SelfAttention.relative_attention_bias"),
        ("\(stack).layers.*.feedForward.norm", "\(block).\(forward).layer_norm"),
        ("\(stack).layers.*.feedForward.inner.down", "\(block).\(forward).DenseReluDense.wo"),
        ("\(stack).norm", "\(stack).final_layer_norm"),
      ]
      var attentions = [("attention", "0.SelfAttention")]
      if stack == "decoder" { attentions.append(("source", "1.EncDecAttention")) }
      for (ours, theirs) in attentions {
        for (part, letter) in [("query", "q"), ("key", "k"), ("value", "v"), ("output", "o")] {
          rows.append(("\(stack).layers.*.\(ours).\(part).slot", "\(block).\(theirs).\(letter)"))
        }
      }
      if stack == "decoder" { rows.append(("decoder.layers.*.source.norm", "\(block).1.layer_norm")) }
      if configuration.isGated {
        rows.append(("\(stack).layers.*.feedForward.inner.gate.slot", "\(block).\(forward).DenseReluDense.wi_0"))
        rows.append(("\(stack).layers.*.feedForward.inner.up.slot", "\(block).\(forward).DenseReluDense.wi_1"))
      } else {
        rows.append(("\(stack).layers.*.feedForward.inner.up.slot", "\(block).\(forward).DenseReluDense.wi"))
      }
      rows.append(("\(stack).layers.*.feedForward.inner.down.slot", "\(block).\(forward).DenseReluDense.wo"))
    }
    let tied = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"]
    var aliases = ["shared.weight": configuration.isTied ? tied + ["lm_head.weight"] : tied]
    if configuration.mayShareHead { aliases["lm_head.weight"] = ["shared.weight"] }
    return CheckpointKeys(
      rows.sorted { $0.path.count > $1.path.count }, aliases: aliases,
      surplus: ["decoder.block.0.layer.1.EncDecAttention.relative_attention_bias"])
  }

  /// The decoder's last hidden states `[B, T, D]`.
  public func hidden(_ batch: TokenBatch, mode: ForwardMode) -> Tensor {
    guard let source = batch.source else { preconditionFailure("a T5 was given a batch without a source") }
    let encoded = encode(source, mode: mode)
    let visible = softPrompt.before(source).visible(on: device)
    let prefix = softPrompt?.states(dtype)?.from(encoder.layers.count)
    return softPrompt.decoding(embedding(batch.target.ids)) {
      decoder($0, source: (encoded, visible), prefix: prefix, mode: mode)
    }
  }

  /// The encoder's output `[B, S, D]`.
  public func encode(_ source: TokenRows, mode: ForwardMode) -> Tensor {
    encode(source, behind: softPrompt, mode: mode)
  }

  private func encode(_ source: TokenRows, behind prompt: SoftPrompt?, mode: ForwardMode) -> Tensor {
    encoder(
      prompt.before(embedding(source.ids)), visible: prompt.before(source).visible(on: device),
      prefix: prompt?.states(dtype), mode: mode)
  }

  /// The vectors of tokens, for encoder and decoder alike.
  public func tokenVectors(_ ids: Tensor) -> Tensor { embedding(ids) }

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
    let hidden = pass(with: state.adapters) { decoder.read(embedding(tokens.ids), into: state) }
    state.advance(by: tokens.lengths)
    return hidden
  }
}
