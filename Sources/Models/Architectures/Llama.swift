// Llama (Touvron et al. 2023), with the grouped heads of Llama 2 and the stretched positions of Llama 3.1; SmolLM.

extension DecoderConfiguration {
  /// Reads a Llama's `config.json`.
  ///
  /// - Throws: `ModelError` that names the key.
  static func llama(_ json: ModelConfiguration) throws -> DecoderConfiguration {
    var made = try DecoderConfiguration(llamaLike: json)
    made.projectionBias = try json.flag("attention_bias", default: false)
    made.outputBias = made.projectionBias
    made.feedForwardBias = try json.flag("mlp_bias", default: false)
    return made
  }
}
