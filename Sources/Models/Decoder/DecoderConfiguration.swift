import OrchardLayers

/// All that tells one decoder-only architecture from another: what `Decoder` is built from.
///
/// An architecture's own file translates its `config.json` into one of these and says nothing else.
public struct DecoderConfiguration: Sendable {
  /// How hidden states are normalised.
  public enum NormKind: Sendable {
    /// By their root mean square; `offset` is added to the scale, 1 in Gemma.
    case rootMeanSquare(offset: Double)
    /// By mean and variance, with a shift.
    case layer
  }

  /// How tokens learn where they stand.
  public enum Positions: Sendable {
    /// Queries and keys are turned; only the first numbers of each head where it has fewer frequencies than pairs.
    case rotary(RotaryPositions)
    /// A learned vector for each position is added to the embedding.
    case learned
  }

  /// How queries, keys and values are projected.
  public enum Projections: Sendable {
    /// Three layers.
    case separate
    /// One layer: all queries, all keys, all values.
    case joined
    /// One layer: query, key and value of the first head, then of the next.
    case joinedByHead
  }

  var architecture: String
  var vocabularySize, width, inner, layers, heads, keyHeads, headWidth, contextLength: Int
  var norm = NormKind.rootMeanSquare(offset: 0)
  var epsilon: Double
  var deviation: Double
  var activation: Activation
  var positions: Positions
  var projections = Projections.separate
  var isGated = true
  var isTied = false
  /// Biases of the query, key and value layers, of the attention's output layer, of the feed-forward layers.
  var projectionBias = false
  var outputBias = false
  var feedForwardBias = false
  /// Whether queries and keys are normalised head by head before they are turned.
  var hasQueryKeyNorms = false
  /// Whether what a branch gives is normalised once more before it is added.
  var hasPostNorms = false
  /// Whether both branches of a layer read the same states, rather than the second what the first has changed.
  var isParallel = false
  /// What scores are multiplied by, layer by layer.
  var scales: [Double]
  /// How many places back a layer sees, its own included; nil where it sees all.
  var windows: [Int?]
  /// Bounds of attention scores and of logits, as c · tanh(x / c).
  var scoreCap: Double?
  var logitCap: Double?
  /// What embeddings are multiplied by.
  var embeddingScale = 1.0
  /// Shares that training leaves out: of embeddings, of attention's weights, of what a branch gives.
  var embeddingDropout = 0.0
  var attentionDropout = 0.0
  var branchDropout = 0.0
  var overflowsInHalf = false
  var startToken: Int?
  var endTokens: [Int] = []
  var paddingToken: Int?
  /// The names of the weights in a checkpoint.
  var keys = CheckpointKeys([])

  /// Reads what the Llama family shares: the key names, grouped heads, rotary positions, a gated feed-forward part.
  ///
  /// - Throws: `ModelError` that names the key.
  init(llamaLike json: ModelConfiguration, activation key: String = "hidden_act", isTied standard: Bool = false) throws
  {
    architecture = try json.architecture
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
    activation = try json.activation(key, default: "silu")
    guard heads % keyHeads == 0, headWidth % 2 == 0 else {
      throw ModelError(
        "\(json.source): \(heads) heads of width \(headWidth) do not fit \(keyHeads) key heads "
          + "(the heads must be a multiple, their width even)")
    }
    positions = .rotary(try RotaryPositions(json, headWidth: headWidth, context: contextLength))
    scales = Array(repeating: 1 / Double(headWidth).squareRoot(), count: layers)
    windows = Array(repeating: nil, count: layers)
    isTied = try json.flag("tie_word_embeddings", default: standard)
    attentionDropout = try json.share("attention_dropout")
    try readTokens(json)
    keys = .llamaLike(isTied: isTied)
  }

  /// The width of each of `heads` that share `width`.
  ///
  /// - Throws: `ModelError` where they cannot share it evenly.
  static func headWidth(_ json: ModelConfiguration, width: Int, heads: Int) throws -> Int {
    guard width % heads == 0 else {
      throw ModelError("\(json.source): a width of \(width) is no multiple of \(heads) heads")
    }
    return width / heads
  }

  /// A configuration with the sizes that differ in name from family to family.
  init(
    _ json: ModelConfiguration, width: Int, inner: Int, layers: Int, heads: Int, contextLength: Int, epsilon: Double,
    activation: Activation, positions: Positions
  ) throws {
    architecture = try json.architecture
    vocabularySize = try json.integer("vocab_size")
    self.width = width
    self.inner = inner
    self.layers = layers
    self.heads = heads
    keyHeads = heads
    headWidth = try Self.headWidth(json, width: width, heads: heads)
    self.contextLength = contextLength
    self.epsilon = epsilon
    deviation = try json.number("initializer_range", default: 0.02)
    self.activation = activation
    self.positions = positions
    scales = Array(repeating: 1 / Double(headWidth).squareRoot(), count: layers)
    windows = Array(repeating: nil, count: layers)
    try readTokens(json)
  }

  private mutating func readTokens(_ json: ModelConfiguration) throws {
    startToken = try json.tokens("bos_token_id").first
    endTokens = try json.tokens("eos_token_id")
    paddingToken = try json.tokens("pad_token_id").first
  }

  /// Gives layers their windows: as `layer_types` says, else those for which `standard` is true.
  ///
  /// - Throws: `ModelError` for a kind of layer that is not known.
  mutating func slide(_ window: Int?, _ json: ModelConfiguration, where standard: (Int) -> Bool) throws {
    guard let window else { return }
    let kinds =
      try json.texts("layer_types") ?? (0..<layers).map { standard($0) ? "sliding_attention" : "full_attention" }
    guard kinds.count == layers else {
      throw ModelError("\(json.source): “layer_types” names \(kinds.count) layers, “num_hidden_layers” says \(layers)")
    }
    windows = try kinds.map { kind in
      switch kind {
      case "sliding_attention": return window
      case "full_attention": return nil
      default:
        throw ModelError(
          "\(json.source): the layer type “\(kind)” is not known; known are full_attention and sliding_attention")
      }
    }
  }

  /// A norm as this architecture has it.
  func makeNorm(_ width: Int? = nil) -> any Norm {
    switch norm {
    case .rootMeanSquare(let offset): return RMSNorm(width ?? self.width, epsilon: epsilon, offset: offset)
    case .layer: return LayerNorm(width ?? self.width, epsilon: epsilon)
    }
  }
}

extension CheckpointKeys {
  /// The names that Llama's family shares; `others` go before them.
  static func llamaLike(isTied: Bool, _ others: [(path: String, key: String)] = []) -> CheckpointKeys {
    let layer = "model.layers.*"
    return CheckpointKeys(
      others + [
        ("embedding", "model.embed_tokens"), ("norm", "model.norm"), ("output", "lm_head"),
        ("layers.*.attentionNorm", "\(layer).input_layernorm"),
        ("layers.*.feedForwardNorm", "\(layer).post_attention_layernorm"),
        ("layers.*.attention.queryNorm", "\(layer).self_attn.q_norm"),
        ("layers.*.attention.keyNorm", "\(layer).self_attn.k_norm"),
      ] + linear("layers.*.attention.projections.query", "\(layer).self_attn.q_proj")
        + linear("layers.*.attention.projections.key", "\(layer).self_attn.k_proj")
        + linear("layers.*.attention.projections.value", "\(layer).self_attn.v_proj")
        + linear("layers.*.attention.output", "\(layer).self_attn.o_proj")
        + linear("layers.*.feedForward.gate", "\(layer).mlp.gate_proj")
        + linear("layers.*.feedForward.up", "\(layer).mlp.up_proj")
        + linear("layers.*.feedForward.down", "\(layer).mlp.down_proj"),
      aliases: isTied ? ["model.embed_tokens.weight": ["lm_head.weight"]] : [:],
      surplus: ["model.layers.*.self_attn.rotary_emb.inv_freq", "model.rotary_emb.inv_freq"])
  }
}
