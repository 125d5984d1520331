import OrchardEvaluation
import Testing

@Suite("Lower case")
struct LowercaseTests {
  // Expected values: Unicode's SpecialCasing, as Python's str.lower() gives them.
  @Test(
    "Full mapping, with the sigma at a word's end",
    arguments: [
      ("ABC", "abc"), ("ΣΑΣ", "σας"), ("Σ", "σ"), ("ΑΣ.", "ας."), ("ΑΣ.Α", "ασ.α"), ("İ", "i\u{307}"),
      ("\u{212A}", "k"), ("ẞ", "ß"), ("ǅ", "ǆ"), ("Α\u{301}Σ", "α\u{301}ς"),
    ])
  func lowercase(text: String, expected: String) {
    #expect(Array(text.fullyLowercased.utf8) == Array(expected.utf8))
  }
}
