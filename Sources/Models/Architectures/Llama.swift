// Llama (Touvron et al. 2023), with the grouped heads of Llama 2 and the stretched positions of Llama 3.1.
// Shapes: B rows, T tokens, D width, H heads, K key heads.

import OrchardLayers
import OrchardTensors

/// What a Llama's `config.json` says.
public struct LlamaConfiguration: Sendable {
  var vocabularySize, width, inner, layers, heads, keyHeads, headWidth, contextLength: Int
  var epsilon, deviation: Double
  var activation: Activation
  var isTied, attentionBias, feedForwardBias: Bool
  var positions: RotaryPositions
  var startToken: Int?
  var endTokens: [Int]
  var paddingToken: Int?

  /// Reads a configuration.
  ///
  /// - Throws: `ModelError` that names the key.
  public init(_ json: ModelConfiguration) throws {
    vocabularySize = try json.integer("vocab_size")
    width = try json.integer("hidden_size")
    inner = try json.integer("intermediate_size")
    layers = try json.integer("num_hidden_layers")
    heads = try json.integer("num_attention_heads")
    keyHeads = try json.integer("num_key_value_heads", default: heads)
    headWidth = try json.integer("head_dim", default: max(1, width / heads))
    contextLength = try json.integer("max_position_embeddings", default: 2048)
    epsilon = try json.number("rms_norm_eps", default: 1e-6)
    deviation = try json.number("initializer_range", default: 0.02)
    let name = try json.text("hidden_act", default: "silu")
    guard let activation = Activation(configured: name) else {
      throw ModelError("\(json.source): “hidden_act” is “\(name)”, which is not known")
    }
    self.activation = activation
    guard heads % keyHeads == 0, headWidth % 2 == 0 else {
      throw ModelError(
        "\(json.source): \(heads) heads of width \(headWidth) do not fit \(keyHeads) key heads "
          + "(the heads must be a multiple, their width even)")
    }
    isTied = try json.flag("tie_word_embeddings", default: false)
    attentionBias = try json.flag("attention_bias", default: false)
    feedForwardBias = try json.flag("mlp_bias", default: false)
    positions = try Self.positions(json, headWidth: headWidth)
    startToken = try json.tokens("bos_token_id").first
    endTokens = try json.tokens("eos_token_id")
    paddingToken = try json.tokens("pad_token_id").first
  }

  /// The rotary positions, from `rope_parameters` or the older `rope_theta` and `rope_scaling`.
  private static func positions(_ json: ModelConfiguration, headWidth: Int) throws -> RotaryPositions {
    let parameters = try json.object("rope_parameters") ?? json.object("rope_scaling")
    let older = try json.number("rope_theta", default: 10000)
    let base = try parameters?.number("rope_theta", default: older) ?? older
    let type = try parameters?.text("rope_type", default: parameters?.text("type", default: "default")) ?? "default"
    guard let parameters, type != "default" else { return RotaryPositions(headWidth: headWidth, base: base) }
    let factor = try parameters.number("factor")
    switch type {
    case "linear": return RotaryPositions(headWidth: headWidth, base: base, scaling: .linear(factor: factor))
    case "llama3":
      return RotaryPositions(
        headWidth: headWidth, base: base,
        scaling: .llama3(
          factor: factor, lowFrequencyFactor: try parameters.number("low_freq_factor"),
          highFrequencyFactor: try parameters.number("high_freq_factor"),
          originalContext: try parameters.integer("original_max_position_embeddings")))
    default:
      throw ModelError("\(parameters.source): the rope type “\(type)” is not known; known are default, linear, llama3")
    }
  }
}

/// Llama's attention: grouped heads, rotary positions.
public final class LlamaAttention: Module {
  let query, key, value, output: Linear
  let heads, keyHeads, headWidth: Int

  init(_ configuration: LlamaConfiguration) {
    heads = configuration.heads
    keyHeads = configuration.keyHeads
    headWidth = configuration.headWidth
    let (width, bias, deviation) = (configuration.width, configuration.attentionBias, configuration.deviation)
    query = Linear(width, heads * headWidth, bias: bias, deviation: deviation)
    key = Linear(width, keyHeads * headWidth, bias: bias, deviation: deviation)
    value = Linear(width, keyHeads * headWidth, bias: bias, deviation: deviation)
    output = Linear(heads * headWidth, width, bias: bias, deviation: deviation)
  }

  func project(_ normed: Tensor, _ angles: (cosine: Tensor, sine: Tensor)) -> (Tensor, Tensor, Tensor) {
    (
      RotaryPositions.turn(query(normed).splitIntoHeads(heads), by: angles),
      RotaryPositions.turn(key(normed).splitIntoHeads(keyHeads), by: angles),
      value(normed).splitIntoHeads(keyHeads)
    )
  }

  func attend(_ query: Tensor, _ keys: Tensor, _ values: Tensor, mask: AttentionMask) -> Tensor {
    let scale = 1 / Double(headWidth).squareRoot()
    return output(Attention.attend(query: query, key: keys, value: values, mask: mask, scale: scale).joinedHeads)
  }
}

/// One layer: attention and the gated feed-forward part, a norm before each.
public final class LlamaLayer: Module {
  let attentionNorm: RMSNorm
  let attention: LlamaAttention
  let feedForwardNorm: RMSNorm
  let feedForward: FeedForward

  init(_ configuration: LlamaConfiguration) {
    attentionNorm = RMSNorm(configuration.width, epsilon: configuration.epsilon)
    attention = LlamaAttention(configuration)
    feedForwardNorm = RMSNorm(configuration.width, epsilon: configuration.epsilon)
    feedForward = FeedForward(
      width: configuration.width, inner: configuration.inner, activation: configuration.activation, gated: true,
      bias: configuration.feedForwardBias, upDeviation: configuration.deviation,
      downDeviation: configuration.deviation)
  }
}

/// The Llama decoder.
public final class Llama: LanguageModel {
  /// The token embedding.
  public let embedding: Embedding
  /// The layers.
  public let layers: [LlamaLayer]
  /// The last norm.
  public let norm: RMSNorm
  /// The output matrix, where it is not the embedding.
  public let output: Embedding?
  private let configuration: LlamaConfiguration
  let rotaryTable: RotaryTable

  /// A model without memory yet.
  public init(_ configuration: LlamaConfiguration) {
    self.configuration = configuration
    rotaryTable = RotaryTable(configuration.positions)
    let size = (configuration.vocabularySize, configuration.width)
    embedding = Embedding(size.0, size.1, deviation: configuration.deviation)
    layers = (0..<configuration.layers).map { _ in LlamaLayer(configuration) }
    norm = RMSNorm(configuration.width, epsilon: configuration.epsilon)
    output = configuration.isTied ? nil : Embedding(size.0, size.1, deviation: configuration.deviation)
  }

  /// What the rest of the house must know.
  public var properties: ModelProperties {
    ModelProperties(
      kind: .decoderOnly, architecture: "llama", vocabularySize: configuration.vocabularySize,
      width: configuration.width, contextLength: configuration.contextLength, startToken: configuration.startToken,
      endTokens: configuration.endTokens, paddingToken: configuration.paddingToken)
  }

  /// From hidden states to logits.
  public var head: LanguageHead { LanguageHead(weight: (output ?? embedding).weight) }

  /// The names in Hugging Face checkpoints.
  public var checkpointKeys: CheckpointKeys {
    let layer = "model.layers.*"
    return CheckpointKeys(
      [
        ("embedding", "model.embed_tokens"), ("norm", "model.norm"), ("output", "lm_head"),
        ("layers.*.attentionNorm", "\(layer).input_layernorm"),
        ("layers.*.feedForwardNorm", "\(layer).post_attention_layernorm"),
        ("layers.*.attention.query.slot", "\(layer).self_attn.q_proj"),
        ("layers.*.attention.key.slot", "\(layer).self_attn.k_proj"),
        ("layers.*.attention.value.slot", "\(layer).self_attn.v_proj"),
        ("layers.*.attention.output.slot", "\(layer).self_attn.o_proj"),
        ("layers.*.attention.query", "\(layer).self_attn.q_proj"),
        ("layers.*.attention.key", "\(layer).self_attn.k_proj"),
        ("layers.*.attention.value", "\(layer).self_attn.v_proj"),
        ("layers.*.attention.output", "\(layer).self_attn.o_proj"),
        ("layers.*.feedForward.gate.slot", "\(layer).mlp.gate_proj"),
        ("layers.*.feedForward.up.slot", "\(layer).mlp.up_proj"),
        ("layers.*.feedForward.down.slot", "\(layer).mlp.down_proj"),
        ("layers.*.feedForward.gate", "\(layer).mlp.gate_proj"),
        ("layers.*.feedForward.up", "\(layer).mlp.up_proj"),
        ("layers.*.feedForward.down", "\(layer).mlp.down_proj"),
      ],
      aliases: configuration.isTied ? ["model.embed_tokens.weight": ["lm_head.weight"]] : [:],
      surplus: ["model.layers.*.self_attn.rotary_emb.inv_freq", "model.rotary_emb.inv_freq"])
  }

  /// The last hidden states `[B, T, D]`.
  public func hidden(_ batch: TokenBatch, mode: ForwardMode) -> Tensor {
    let length = batch.target.length
    var mask = AttentionMask(causal: true)
    var positions = Tensor.range(0..<length, on: device)
    if let segments = batch.segments {
      // Padding stands on the right, where a causal mask hides it already; examples in one row must be told apart.
      let numbers = Tensor(segments.flatMap { $0 }, shape: [segments.count, length], on: device)
      mask.visible = (numbers.unsqueezed(2) .== numbers.unsqueezed(1)).unsqueezed(1)
      positions = Tensor(segments.flatMap(Self.places), shape: [segments.count, length], on: device)
    }
    let angles = configuration.positions.angles(at: positions)
    var hidden = embedding(batch.target.ids)
    for layer in layers {
      let (queries, keys, values) = layer.attention.project(layer.attentionNorm(hidden), angles)
      hidden = hidden + layer.attention.attend(queries, keys, values, mask: mask)
      hidden = hidden + layer.feedForward(layer.feedForwardNorm(hidden))
    }
    return norm(hidden)
  }

  /// Begins with nothing read: the decoder first reads the prompts themselves.
  public func begin(_ prompts: [[Int]]) -> (state: DecodingState, first: [[Int]]) {
    (DecodingState(rows: prompts.count, layers: layers.count), prompts)
  }

  /// Reads further tokens of every row.
  public func read(_ tokens: TokenRows, into state: DecodingState) -> Tensor {
    let count = tokens.length
    let embedded = embedding(tokens.ids)
    if count == 1 && embedded.takesDecodingKernels { return readOne(embedded, into: state) }
    // At the beginning nothing but the order of the tokens hides one: padding stands on the right.
    let begins = state.lengths.allSatisfy { $0 == 0 }
    let mask = begins ? AttentionMask(causal: true) : AttentionMask(visible: state.visible(queries: count, on: device))
    let positions = state.lengths.flatMap { Array($0..<$0 + count) }
    let angles = configuration.positions.angles(
      at: Tensor(positions, shape: [state.rowCount, count], on: device))
    var hidden = embedded
    for (index, layer) in layers.enumerated() {
      let (queries, newKeys, newValues) = layer.attention.project(layer.attentionNorm(hidden), angles)
      state.caches[index].append(keys: newKeys, values: newValues, lengths: state.lengths)
      let (keys, values) = state.view(index, adding: count)
      hidden = hidden + layer.attention.attend(queries, keys, values, mask: mask)
      hidden = hidden + layer.feedForward(layer.feedForwardNorm(hidden))
    }
    state.advance(by: tokens.lengths)
    return norm(hidden)
  }

  /// The positions of a row of packed examples: they begin anew in each.
  private static func places(_ segments: [Int]) -> [Int] {
    var start = 0
    return segments.indices.map { index in
      if index > 0 && segments[index] != segments[index - 1] { start = index }
      return index - start
    }
  }
}
