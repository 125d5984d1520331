// Qwen 3 (Yang et al. 2025): a Llama whose queries and keys are normalised head by head; heads of a width of their own.

extension DecoderConfiguration {
  /// Reads a Qwen 3's `config.json`.
  ///
  /// - Throws: `ModelError` that names the key.
  static func qwen3(_ json: ModelConfiguration) throws -> DecoderConfiguration {
    var made = try DecoderConfiguration(llamaLike: json)
    made.hasQueryKeyNorms = true
    made.projectionBias = try json.flag("attention_bias", default: false)
    made.outputBias = made.projectionBias
    try made.slideUpperLayers(json)
    return made
  }
}
