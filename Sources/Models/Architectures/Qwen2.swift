// Qwen 2 and 2.5 (Yang et al. 2024): a Llama with biases of queries, keys and values, and, where it is asked for, a
// sliding window in the upper layers.

extension DecoderConfiguration {
  /// Reads a Qwen 2's `config.json`.
  ///
  /// - Throws: `ModelError` that names the key.
  static func qwen2(_ json: ModelConfiguration) throws -> DecoderConfiguration {
    var made = try DecoderConfiguration(llamaLike: json)
    made.projectionBias = true
    try made.slideUpperLayers(json)
    return made
  }

  /// Gives the layers from `max_window_layers` on a window where `use_sliding_window` is true.
  ///
  /// - Throws: `ModelError` that names the key.
  mutating func slideUpperLayers(_ json: ModelConfiguration) throws {
    guard try json.flag("use_sliding_window", default: false) else { return }
    let first = try json.integer("max_window_layers", default: 28, from: 0)
    try slide(json.window("sliding_window", default: 4096), json) { $0 >= first }
  }
}
