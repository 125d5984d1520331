import OrchardGrammars
import OrchardJSON
import Testing

@Suite struct RegexParserTests {
  @Test("Whole texts match as with Python's re", arguments: GrammarCase.all("regexes"))
  func matches(golden: GrammarCase) throws {
    #expect(golden.texts.count > 3)
    var machine: GrammarReader?
    do {
      machine = GrammarReader(try Grammar(regex: golden.pattern))
    } catch let error as GrammarError {
      // An expression such as a^b matches nothing, and says so.
      #expect(error.description.contains("matches no text at all"))
      #expect(golden.texts.allSatisfy { !$0.isTaken })
    }
    for (text, isTaken) in golden.texts {
      #expect(machine?.accepts(text) ?? false == isTaken, "\(text.debugDescription)")
    }
  }

  @Test func goldensAreThere() {
    let cases = GrammarCase.all("regexes")
    #expect(cases.count > 250)
    #expect(cases.flatMap(\.texts).filter(\.isTaken).count > 500)
    #expect(cases.flatMap(\.texts).filter { !$0.isTaken }.count > 500)
  }

  @Test(arguments: [
    ("a(?=b)", "looking ahead (“(?=”) cannot be part of an automaton (character 2)"),
    ("a(?!b)", "looking ahead"), ("(?<=a)b", "looking behind"), ("(?<!a)b", "looking behind"),
    ("(a)\\1", "a back-reference (“\\1”) cannot be part of an automaton (character 4)"),
    ("(?P<n>a)(?P=n)", "a back-reference"), ("(?<n>a)\\k<n>", "a back-reference"), ("(?>a)b", "an atomic group"),
    ("(a)?(?(1)b|c)", "a condition"), ("a++", "possessive repeats are not supported"),
    ("(ab", "the group that begins here never ends (character 1)"), ("ab)", "“)” closes no group (character 3)"),
    ("[ab", "the set that begins here never ends"), ("[b-a]", "the range in the set runs backwards"),
    ("[a-\\d]", "a range in a set runs from a character to a character"),
    ("*a", "there is nothing to repeat before “*” (character 1)"), ("a**", "a repeat of a repeat"),
    ("a{3,2}", "the repeat's least count 3 is above its greatest 2"), ("a{100001}", "counts up to 100,000"),
    ("a\\", "nothing follows the last “\\” (character 2)"), ("\\q", "the escape “\\q” is not known"),
    ("\\x4", "2 hexadecimal digits are expected"), ("\\p{Klingon}", "the property “Klingon” is not known"),
    ("a(?i)b", "flags for the whole expression stand at its start"), ("(?y)a", "is no group or flag"),
    ("a^b", "matches no text at all"), ("\\uD800", "there is no such character"),
    (String(repeating: "(", count: 300) + "a", "nested more than 200 deep"),
    ("((a{1000}){1000}){10}", "too large"), ("(a|b)*a(a|b){30}\\b", "more than 30000 states"),
  ])
  func whatCannotBeUsedIsToldWithItsPlace(pattern: String, message: String) throws {
    let error = #expect(throws: GrammarError.self) { try Grammar(regex: pattern) }
    #expect(try #require(error).description.contains(message), "\(String(describing: error))")
  }

  @Test("What is too large to be determined at once is run as it comes")
  func large() throws {
    let machine = GrammarReader(try Grammar(regex: "(a|b)*a(a|b){30}"))
    #expect(machine.accepts("bba" + String(repeating: "ab", count: 15)))
    #expect(!machine.accepts("bbb" + String(repeating: "b", count: 30)))
    #expect(!machine.accepts("a"))
  }

  @Test func categoriesOfUnicode() throws {
    let machine = GrammarReader(try Grammar(regex: "\\p{Lu}\\p{Ll}+\\P{L}\\pN"))
    #expect(machine.accepts("Éa-٣"))
    #expect(machine.accepts("Σσ 4"))
    #expect(!machine.accepts("éa-3"))
    #expect(!machine.accepts("Éaa3"))
  }
}
