import OrchardJSON

/// Parts of a `tokenizer.json` that every writer of one needs.
enum TokenizerTemplate {
  /// An added token, special unless said otherwise.
  static func addedToken(_ content: String, number: Int, isSpecial: Bool = true) -> JSONValue {
    [
      "id": .integer(number), "content": .string(content), "single_word": false, "lstrip": false, "rstrip": false,
      "normalized": .bool(!isSpecial), "special": .bool(isSpecial),
    ]
  }

  /// A post-processor that puts special tokens around each text, or null where there are none.
  static func postProcessor(
    beginning: (token: String, number: Int)? = nil, end: (token: String, number: Int)? = nil
  ) -> JSONValue {
    if beginning == nil, end == nil { return nil }
    func part(_ name: JSONValue, type: Int) -> [JSONValue] {
      func special(_ token: String) -> JSONValue {
        ["SpecialToken": ["id": .string(token), "type_id": .integer(type)]]
      }
      return (beginning.map { [special($0.token)] } ?? []) + [["Sequence": ["id": name, "type_id": .integer(type)]]]
        + (end.map { [special($0.token)] } ?? [])
    }
    var tokens = JSONObject()
    for special in [beginning, end] {
      guard let special else { continue }
      tokens[special.token] = [
        "id": .string(special.token), "ids": [.integer(special.number)], "tokens": [.string(special.token)],
      ]
    }
    return [
      "type": "TemplateProcessing", "single": .array(part("A", type: 0)),
      "pair": .array(part("A", type: 0) + part("B", type: 1)), "special_tokens": .object(tokens),
    ]
  }
}
