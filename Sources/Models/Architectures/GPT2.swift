// GPT-2 (Radford et al. 2019): learned positions, layer norms, one projection for queries, keys and values.

import OrchardLayers

extension DecoderConfiguration {
  /// Reads a GPT-2's `config.json`.
  ///
  /// - Throws: `ModelError` that names the key.
  static func gpt2(_ json: ModelConfiguration) throws -> DecoderConfiguration {
    let width = try json.integer("n_embd", default: 768)
    let context = try json.integer("n_positions", default: json.integer("n_ctx", default: 1024))
    var made = try DecoderConfiguration(
      json, width: width, inner: try json.integer("n_inner", default: 4 * width),
      layers: try json.integer("n_layer", default: 12), heads: try json.integer("n_head", default: 12),
      contextLength: context, epsilon: try json.number("layer_norm_epsilon", default: 1e-5),
      activation: try json.activation("activation_function", default: "gelu_new"), positions: .learned)
    if try json.flag("add_cross_attention", default: false) {
      throw ModelError("\(json.source): “add_cross_attention” is true; a GPT-2 that reads a source is not known")
    }
    made.norm = .layer
    made.projections = .joined
    made.isGated = false
    (made.projectionBias, made.outputBias, made.feedForwardBias) = (true, true, true)
    made.isTied = try json.flag("tie_word_embeddings", default: true)
    if try !json.flag("scale_attn_weights", default: true) { made.scales = made.scales.map { _ in 1 } }
    if try json.flag("scale_attn_by_inverse_layer_idx", default: false) {
      made.scales = made.scales.enumerated().map { $1 / Double($0 + 1) }
    }
    made.embeddingDropout = try json.share("embd_pdrop", default: 0.1)
    made.attentionDropout = try json.share("attn_pdrop", default: 0.1)
    made.branchDropout = try json.share("resid_pdrop", default: 0.1)
    made.keys = .gpt2(isTied: made.isTied)
    return made
  }
}

extension CheckpointKeys {
  /// GPT-2's names; its linear layers' matrices lie as `[I, O]`.
  fileprivate static func gpt2(isTied: Bool) -> CheckpointKeys {
    let layer = "transformer.h.*"
    let matrices = ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"].map { "\(layer).\($0)" }
    return CheckpointKeys(
      [
        ("embedding", "transformer.wte"), ("positionEmbedding", "transformer.wpe"), ("norm", "transformer.ln_f"),
        ("output", "lm_head"), ("layers.*.attentionNorm", "\(layer).ln_1"),
        ("layers.*.feedForwardNorm", "\(layer).ln_2"),
      ] + linear("layers.*.attention.projections.joined", matrices[0])
        + linear("layers.*.attention.output", matrices[1]) + linear("layers.*.feedForward.up", matrices[2])
        + linear("layers.*.feedForward.down", matrices[3]),
      aliases: isTied ? ["transformer.wte.weight": ["lm_head.weight"]] : [:],
      surplus: ["\(layer).attn.bias", "\(layer).attn.masked_bias", "h.*.attn.bias", "h.*.attn.masked_bias"],
      transposed: matrices.map { "\($0).weight" }, prefix: "transformer.")
  }
}
