// Mistral (Jiang et al. 2023): a Llama whose layers look back over a sliding window.

import OrchardJSON

extension DecoderConfiguration {
  /// Reads a Mistral's `config.json`.
  ///
  /// - Throws: `ModelError` that names the key.
  static func mistral(_ json: ModelConfiguration) throws -> DecoderConfiguration {
    var made = try DecoderConfiguration(llamaLike: json)
    // Later versions have null here: they see everything. Files without the key mean Mistral's first window.
    let window = try json.window("sliding_window", default: 4096)
    try made.slide(window, json) { _ in true }
    return made
  }
}

extension ModelConfiguration {
  /// A window in tokens: nil where the file says null, `standard` where it says nothing.
  ///
  /// - Throws: `ModelError` where it is no number above 0.
  func window(_ key: String, default standard: Int?) throws -> Int? {
    if let value = json[key], value.isNull { return nil }
    return has(key) ? try integer(key) : standard
  }
}
