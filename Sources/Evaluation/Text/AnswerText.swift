/// Answers made comparable by the rules of the SQuAD question-answering benchmark.
package enum AnswerText {
  /// The words of an answer: lower case, without ASCII punctuation and without the articles a, an, the.
  package static func words(of answer: String) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    /// The run of letters and digits that may turn out to be an article, kept apart from the word until it ends.
    var run = String.UnicodeScalarView()

    func endRun() {
      if articles.contains(String(run)) {
        endWord()
      } else {
        word.append(contentsOf: run)
      }
      run = String.UnicodeScalarView()
    }
    func endWord() {
      if !word.isEmpty { words.append(String(word)) }
      word = String.UnicodeScalarView()
    }
    for scalar in answer.fullyLowercased.unicodeScalars {
      if scalar.isASCII, Bytes.isPunctuation(UInt8(scalar.value)) { continue }
      if isWordCharacter(scalar) {
        run.append(scalar)
        continue
      }
      endRun()
      if isSpace(scalar) { endWord() } else { word.append(scalar) }
    }
    endRun()
    endWord()
    return words
  }

  private static let articles: Set<String> = ["a", "an", "the"]

  private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      true
    default: false
    }
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? Bytes.isASCIISpace(UInt8(scalar.value)) : scalar.properties.isWhitespace
  }
}
