// Gemma (Gemma team 2024): a Llama with GELU, scaled embeddings and norms whose scale is kept as its distance from 1.

import OrchardLayers

extension DecoderConfiguration {
  /// Reads a Gemma's `config.json`.
  ///
  /// - Throws: `ModelError` that names the key.
  static func gemma(_ json: ModelConfiguration) throws -> DecoderConfiguration {
    // The first releases say “gelu” and mean its tanh form.
    try gemmaLike(json, activation: "hidden_act")
  }

  /// What Gemma 1 and 2 share.
  ///
  /// - Throws: `ModelError` that names the key.
  static func gemmaLike(_ json: ModelConfiguration, activation key: String) throws -> DecoderConfiguration {
    var made = try DecoderConfiguration(llamaLike: json, activation: key, isTied: true)
    if try json.text(key, default: "gelu") == "gelu" { made.activation = .geluTanh }
    if try json.flag("use_bidirectional_attention", default: false) {
      throw ModelError("\(json.source): “use_bidirectional_attention” is true; only models that look back are read")
    }
    made.norm = .rootMeanSquare(offset: 1)
    made.embeddingScale = Double(made.width).squareRoot()
    made.projectionBias = try json.flag("attention_bias", default: false)
    made.outputBias = made.projectionBias
    made.overflowsInHalf = true
    return made
  }
}
