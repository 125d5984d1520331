import OrchardEvaluation
import Testing

@Suite("BLEU's tokenizers")
struct BLEUTokenizerTests {
  // Expected words: sacreBLEU 2.6.0's tokenizers.
  static let examples: [(BLEUTokenizer, String, [String])] = [
    (
      .mteval13a, "Hello, world! It's 3.14 -- or 1,000? ",
      ["Hello", ",", "world", "!", "It's", "3.14", "--", "or", "1,000", "?"]
    ),
    (.mteval13a, "a.b 5. .5 2-3 x-", ["a", ".", "b", "5", ".", ".", "5", "2", "-", "3", "x-"]),
    (.mteval13a, "&quot;Q&amp;A&quot; &amp;lt;", ["\"", "Q", "&", "A", "\"", "<"]),
    (.mteval13a, "<skipped>end-\nof line", ["endof", "line"]),
    (.mteval13a, "don't (stop)/now.", ["don't", "(", "stop", ")", "/", "now", "."]),
    (.mteval13a, "", []),
    (.mteval13a, " \u{3000}\n", []),
    (.international, "3.14 ½, “q” €5 a—b 5.", ["3.14", "½", ",", "“", "q", "”", "€", "5", "a", "—", "b", "5."]),
    (.international, "a+b=c 1,5 x,5", ["a", "+", "b", "=", "c", "1,5", "x", ",", "5"]),
    (.character, "ab 日c", ["a", "b", "日", "c"]),
    (.chinese, "中文abc，3.5元", ["中", "文", "abc", "，", "3.5", "元"]),
    (.chinese, "it’s", ["it", "’", "s"]),
    (.none, "a.b  c,", ["a.b", "c,"]),
  ]

  @Test("Words of texts", arguments: examples)
  func words(tokenizer: BLEUTokenizer, text: String, expected: [String]) {
    var tokenization = BLEUTokenization(tokenizer, lowercase: false)
    // Twice, because buffers are kept from text to text.
    for _ in 0..<2 {
      var words: [String] = []
      tokenization.forEachWord(in: text) { words.append(String(decoding: $0, as: UTF8.self)) }
      #expect(words == expected)
    }
  }
}
