import OrchardEvaluation
import OrchardJSON
import Testing

@Suite("Porter's stemmer")
struct PorterStemmerTests {
  @Test("Stems equal NLTK's on 4,000 words made of stems and suffixes")
  func stemsEqualNLTK() throws {
    let expected = try #require(try golden("stems").string).split(separator: " ").map(String.init)
    try #require(expected.count == WordSalad.words.count)
    var stemmer = PorterStemmer()
    for (word, stem) in zip(WordSalad.words, expected) where word.utf8.count > 3 {
      #expect(stemmer.stem(word) == stem, "\(word)")
    }
  }

  @Test(
    "The examples of Porter's paper and of NLTK's additions",
    arguments: [
      ("caresses", "caress"), ("ponies", "poni"), ("agreed", "agre"), ("hopping", "hop"), ("falling", "fall"),
      ("filing", "file"), ("happy", "happi"), ("enjoy", "enjoy"), ("relational", "relat"), ("hopefulness", "hope"),
      ("dying", "die"), ("dies", "die"), ("spied", "spi"), ("geologi", "geolog"), ("radicalli", "radic"),
      ("news", "news"), ("controll", "control"), ("yyyy", "yyyi"), ("1980s", "1980"),
    ])
  func knownStems(word: String, stem: String) {
    var stemmer = PorterStemmer()
    #expect(stemmer.stem(word) == stem)
  }
}
