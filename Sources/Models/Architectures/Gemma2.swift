// Gemma 2 (Gemma team 2024): every other layer looks back over a window, norms before and behind each branch, bounded
// scores and logits.

import OrchardJSON

extension DecoderConfiguration {
  /// Reads a Gemma 2's `config.json`.
  ///
  /// - Throws: `ModelError` that names the key.
  static func gemma2(_ json: ModelConfiguration) throws -> DecoderConfiguration {
    var made = try gemmaLike(json, activation: "hidden_activation")
    let scale = 1 / (try json.number("query_pre_attn_scalar", default: 256)).squareRoot()
    made.scales = made.scales.map { _ in scale }
    made.scoreCap = try json.cap("attn_logit_softcapping", default: 50)
    made.logitCap = try json.cap("final_logit_softcapping", default: 30)
    made.hasPostNorms = true
    try made.slide(json.window("sliding_window", default: 4096), json) { $0 % 2 == 0 }
    let layer = "model.layers.*"
    made.keys = .llamaLike(
      isTied: made.isTied,
      [
        ("layers.*.attentionPostNorm", "\(layer).post_attention_layernorm"),
        ("layers.*.feedForwardNorm", "\(layer).pre_feedforward_layernorm"),
        ("layers.*.feedForwardPostNorm", "\(layer).post_feedforward_layernorm"),
      ])
    return made
  }
}

extension ModelConfiguration {
  /// A bound above 0: nil where the file says null, `standard` where it says nothing.
  fileprivate func cap(_ key: String, default standard: Double) throws -> Double? {
    if let value = json[key], value.isNull { return nil }
    let cap = try number(key, default: standard)
    guard cap > 0 else { throw ModelError("\(source): “\(key)” must be above 0, not \(cap)") }
    return cap
  }
}
