import OrchardEvaluation
import Testing

@Suite("Token interner")
struct TokenInternerTests {
  @Test("Equal tokens have equal numbers, different ones different numbers, through all growth")
  func numbers() {
    var interner = TokenInterner()
    let tokens = (0..<5000).map { "token\($0)" } + ["", "é", "e\u{301}"]
    let numbers = tokens.map { token in token.withUTF8Bytes { interner.intern($0) } }
    #expect(numbers == (0..<Int32(tokens.count)).map { $0 })
    #expect(tokens.map { token in token.withUTF8Bytes { interner.intern($0) } } == numbers)
    for (token, number) in zip(tokens, numbers) { #expect(interner.bytes(of: number).elementsEqual(token.utf8)) }
  }
}
