import OrchardJSON

/// The settings of one stage of a `tokenizer.json`, with the place where they stand, for messages.
package struct StageSettings {
  package let json: JSONValue
  /// For instance `pre_tokenizer.pretokenizers[1]`.
  package let place: String

  package init(_ json: JSONValue, at place: String) {
    self.json = json
    self.place = place
  }

  /// The stage's kind, as its key `type` names it.
  func kind() throws -> String { try string("type") }

  func problem(_ text: String) -> TokenizerError { TokenizerError("tokenizer.json, \(place): \(text)") }

  private func present(_ key: String) -> JSONValue? {
    guard let value = json[key], !value.isNull else { return nil }
    return value
  }

  private func required<Value>(
    _ key: String, _ expected: String, _ read: (JSONValue) -> Value?, or fallback: Value?
  ) throws -> Value {
    guard let value = present(key) else {
      guard let fallback else { throw problem("the key “\(key)” (\(expected)) is missing.") }
      return fallback
    }
    guard let found = read(value) else { throw problem("“\(key)” should be \(expected), but is \(value.kind).") }
    return found
  }

  func string(_ key: String, or fallback: String? = nil) throws -> String {
    try required(key, "a string", \.string, or: fallback)
  }

  func optionalString(_ key: String) throws -> String? {
    present(key) == nil ? nil : try string(key)
  }

  func bool(_ key: String, or fallback: Bool? = nil) throws -> Bool {
    try required(key, "true or false", \.bool, or: fallback)
  }

  func int(_ key: String, or fallback: Int? = nil) throws -> Int {
    try required(key, "a whole number", \.int, or: fallback)
  }

  func array(_ key: String) throws -> [JSONValue] {
    try required(key, "a list", \.array, or: nil)
  }

  func object(_ key: String) throws -> JSONObject {
    try required(key, "an object", \.object, or: nil)
  }

  /// The single Unicode scalar under `key`.
  func scalar(_ key: String) throws -> UInt32 {
    let text = try string(key)
    guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
      throw problem("“\(key)” should be a single character, but is “\(text)”.")
    }
    return scalar.value
  }

  /// The stages listed under `key`.
  func stages(_ key: String) throws -> [StageSettings] {
    try array(key).enumerated().map { StageSettings($1, at: "\(place).\(key)[\($0)]") }
  }
}
