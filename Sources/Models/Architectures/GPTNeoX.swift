// GPT-NeoX (Black et al. 2022) and Pythia: layer norms, part of each head turned, both branches side by side.

import OrchardLayers

extension DecoderConfiguration {
  /// Reads a GPT-NeoX's `config.json`.
  ///
  /// - Throws: `ModelError` that names the key.
  static func gptNeoX(_ json: ModelConfiguration) throws -> DecoderConfiguration {
    let width = try json.integer("hidden_size", default: 6144)
    let heads = try json.integer("num_attention_heads", default: 64)
    let context = try json.integer("max_position_embeddings", default: 2048)
    let positions = try RotaryPositions(
      json, headWidth: try DecoderConfiguration.headWidth(json, width: width, heads: heads), context: context,
      base: json.number("rotary_emb_base", default: 10000), share: json.number("rotary_pct", default: 0.25))
    var made = try DecoderConfiguration(
      json, width: width, inner: try json.integer("intermediate_size", default: 24576),
      layers: try json.integer("num_hidden_layers", default: 44), heads: heads, contextLength: context,
      epsilon: try json.number("layer_norm_eps", default: 1e-5),
      activation: try json.activation("hidden_act", default: "gelu"), positions: .rotary(positions))
    made.norm = .layer
    made.projections = .joinedByHead
    made.isGated = false
    made.isParallel = try json.flag("use_parallel_residual", default: true)
    made.projectionBias = try json.flag("attention_bias", default: true)
    made.outputBias = made.projectionBias
    made.feedForwardBias = true
    made.isTied = try json.flag("tie_word_embeddings", default: false)
    made.attentionDropout = try json.share("attention_dropout")
    made.embeddingDropout = try json.share("hidden_dropout")
    made.branchDropout = made.embeddingDropout
    made.keys = .gptNeoX(isTied: made.isTied)
    return made
  }
}

extension CheckpointKeys {
  fileprivate static func gptNeoX(isTied: Bool) -> CheckpointKeys {
    let layer = "gpt_neox.layers.*"
    return CheckpointKeys(
      [
        ("embedding", "gpt_neox.embed_in"), ("norm", "gpt_neox.final_layer_norm"), ("output", "embed_out"),
        ("layers.*.attentionNorm", "\(layer).input_layernorm"),
        ("layers.*.feedForwardNorm", "\(layer).post_attention_layernorm"),
      ] + linear("layers.*.attention.projections.joined", "\(layer).attention.query_key_value")
        + linear("layers.*.attention.output", "\(layer).attention.dense")
        + linear("layers.*.feedForward.up", "\(layer).mlp.dense_h_to_4h")
        + linear("layers.*.feedForward.down", "\(layer).mlp.dense_4h_to_h"),
      aliases: isTied
        ? ["gpt_neox.embed_in.weight": ["embed_out.weight", "lm_head.weight"]]
        : ["embed_out.weight": ["lm_head.weight"]],
      surplus: ["attention.bias", "attention.masked_bias", "attention.rotary_emb.inv_freq"].map { "\(layer).\($0)" },
      prefix: "gpt_neox.")
  }
}
