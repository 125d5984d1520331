import OrchardGrammars
import Testing

@Suite struct ScalarAutomatonTests {
  private func automaton(_ pattern: String) throws -> ScalarAutomaton {
    try ScalarAutomaton(RegexParser.parse(pattern))
  }

  @Test(
    "Equal languages have equal numbers of states",
    arguments: [
      ("(a|b)*", "(a*b*)*", 1), ("a(b|c)|d(b|c)", "[ad][bc]", 3), ("(ab)*ab", "(ab)+", 3), ("a{2,3}", "aaa?", 4),
      ("(a|b)*abb", "[ab]*abb", 4),
    ])
  func minimal(pattern: String, same: String, states: Int) throws {
    let left = try automaton(pattern)
    let right = try automaton(same)
    #expect(left.stateCount == states)
    #expect(right.stateCount == states)
    #expect(try left.subtracting(right).isEmpty)
    #expect(try right.subtracting(left).isEmpty)
  }

  @Test func setOperationsHoldTextByText() throws {
    let a = try automaton("a[bc]*")
    let b = try automaton("[ab]+c?")
    for text in ["", "a", "b", "ab", "abc", "acb", "bb", "abbc", "ac", "x"] {
      let (inA, inB) = (a.accepts(text), b.accepts(text))
      #expect(try a.intersection(b).accepts(text) == (inA && inB))
      #expect(try a.union(b).accepts(text) == (inA || inB))
      #expect(try a.subtracting(b).accepts(text) == (inA && !inB))
      #expect(try ScalarAutomaton.anything.subtracting(a).accepts(text) == !inA)
    }
    #expect(try a.intersection(automaton("x")).isEmpty)
  }

  @Test func lengthsCountScalars() throws {
    let automaton = try ScalarAutomaton.length(2, 3)
    #expect(!automaton.accepts("é"))
    #expect(automaton.accepts("é😀"))
    #expect(!automaton.accepts("abcd"))
  }

  /// Each scalar's own bytes are taken, and no others; one scalar in seven is tried.
  @Test func allScalarsAreSpelledAndNothingElse() throws {
    let reader = GrammarReader(try Grammar(regex: "(?s)."))
    for value in stride(from: UInt32(0), through: 0x10FFFF, by: 7) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let end = reader.state(Array(String(Character(scalar)).utf8))
      #expect(end?.isFinished == true)
    }
    // Overlong forms, surrogates, what lies beyond U+10FFFF, and parts of characters.
    let wrong: [[UInt8]] = [
      [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80],
      [0x80], [0xF5], [0xFF],
    ]
    for bytes in wrong { #expect(reader.state(bytes) == nil) }
    #expect(reader.state([0xE2, 0x82])?.isComplete == false)
  }
}
