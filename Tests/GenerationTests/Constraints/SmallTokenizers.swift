import OrchardJSON
import OrchardTokenizers

/// Tokenizers of every kind that write JSON with fewer tokens than the tiny golden models have.
enum SmallTokenizer: String, CaseIterable, Sendable {
  case byteLevel, byteFallback, metaspace, wordPiece, wordEnds, noDecoder

  private static let single = Array("{}[]:,.-+\"\\/0123456789abcdefilnorstuxyzEZ@_")
  private static let longer = [
    " ", "\n", "{\"", "\":", "\": ", ", ", "\", \"", "\"}", "\"]", "\":\"", "]}", "}}", "true", "false", "null", "ab",
    "12",
    " a", "\\n", "é", "no", "es", "te",
  ]

  /// The tokenizer; its first three tokens are special.
  func make() throws -> Tokenizer {
    let pieces = Self.single.map(String.init) + Self.longer
    var tokens = ["<pad>", "<s>", "</s>"]
    for text in pieces.flatMap(spellings) where !tokens.contains(text) { tokens.append(text) }
    tokens = Array(tokens.prefix(110))
    let special: [JSONValue] = (0..<3).map { ["id": .integer($0), "content": .string(tokens[$0]), "special": true] }
    let vocabulary = JSONValue.object(JSONObject(tokens.enumerated().map { ($1, .integer($0)) }))
    return try Tokenizer(
      json: [
        "model": ["type": "WordLevel", "vocab": vocabulary, "unk_token": "<pad>"], "added_tokens": .array(special),
        "decoder": decoder,
      ])
  }

  /// How a piece of text stands in the vocabulary.
  private func spellings(_ text: String) -> [String] {
    switch self {
    case .byteLevel:
      // Half an é too.
      let visible = text.replacing(" ", with: "Ġ").replacing("\n", with: "Ċ").replacing("é", with: "Ã©")
      return text == "é" ? [visible, "Ã", "©"] : [visible]
    case .byteFallback:
      if text == "\n" { return ["<0x0A>"] }
      return text == "é" ? ["<0xC3>", "<0xA9>"] : [text.replacing(" ", with: "▁")]
    case .metaspace: return [text.replacing(" ", with: "▁")]
    case .wordPiece:
      return text.hasPrefix(" ")
        ? [String(text.dropFirst())].filter { !$0.isEmpty } : ["##" + text] + (text.count == 1 ? [text] : [])
    case .wordEnds: return text.hasSuffix(" ") && text != " " ? [text.dropLast() + "</w>"] : [text]
    case .noDecoder: return [text]
    }
  }

  private var decoder: JSONValue {
    let replace: JSONValue = ["type": "Replace", "pattern": ["String": "▁"], "content": " "]
    let strip: JSONValue = ["type": "Strip", "content": " ", "start": 1, "stop": 0]
    switch self {
    case .byteLevel: return ["type": "ByteLevel"]
    case .byteFallback:
      return ["type": "Sequence", "decoders": [replace, ["type": "ByteFallback"], ["type": "Fuse"], strip]]
    case .metaspace: return ["type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"]
    case .wordPiece: return ["type": "WordPiece", "prefix": "##", "cleanup": false]
    case .wordEnds: return ["type": "BPEDecoder", "suffix": "</w>"]
    case .noDecoder: return nil
    }
  }
}
