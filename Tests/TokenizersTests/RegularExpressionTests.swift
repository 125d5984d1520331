import Foundation
import OrchardJSON
import OrchardTokenizers
import TestSupport
import Testing

/// Expressions in Oniguruma's syntax against the tokenizers package, which uses that library.
@Suite("Regular expressions of tokenizer files") struct RegularExpressionTests {
  static let golden = try? JSONValue(parsing: Data(contentsOf: Goldens.url("tokenizers/expressions.json")))
  static let known = golden?["known"]?.array ?? []
  static let refused = golden?["refused"]?.array?.compactMap(\.string) ?? []
  static let texts = golden?["texts"]?.array?.compactMap(\.string) ?? []

  @Test func thereAreGoldens() { #expect(Self.known.count > 50 && Self.refused.count > 8 && Self.texts.count > 8) }

  @Test(arguments: known.indices) func splitsAsThePackage(_ number: Int) throws {
    let golden = Self.known[number]
    let expression = try #require(golden["expression"]?.string)
    let pattern = try RegularExpression(expression, StageSettings(.object(JSONObject()), at: "a test"))
    for (text, spans) in zip(Self.texts, golden["spans"]?.array ?? []) {
      let expected = spans.array?.map { ($0.array ?? []).compactMap(\.int) }
      #expect(Self.spans(of: pattern, in: text) == expected, "\(expression) in “\(text)”")
    }
  }

  /// What each of them would be taken for, or that it cannot be read, is told with its name.
  @Test(arguments: refused) func refusesByName(_ expression: String) {
    let error = #expect(throws: TokenizerError.self) {
      try RegularExpression(expression, StageSettings(.object(JSONObject()), at: "a test"))
    }
    #expect("\(String(describing: error))".contains("cannot be taken over"))
  }

  /// The spans in characters, as the package counts them, empty ones left out.
  private static func spans(of pattern: RegularExpression, in text: String) -> [[Int]] {
    let bytes = Array(text.utf8)
    func characters(_ place: Int) -> Int { String(decoding: bytes[..<place], as: UTF8.self).unicodeScalars.count }
    var found: [[Int]] = []
    bytes.withUnsafeBufferPointer { bytes in
      pattern.spans(in: bytes, 0..<bytes.count) { start, end, _ in
        if start < end { found.append([characters(start), characters(end)]) }
      }
    }
    return found
  }
}
