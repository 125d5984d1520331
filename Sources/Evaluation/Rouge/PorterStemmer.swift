/// Porter's suffix stripping with the additions that NLTK made to it, which is the stemmer that rouge_score uses.
///
/// Follows Martin Porter, "An algorithm for suffix stripping", 1980.
/// Words are lower-case ASCII letters and digits; a digit counts as a consonant.
package struct PorterStemmer {
  /// The word being stemmed.
  var word: [UInt8] = []
  /// For each letter, whether it is a consonant; true for every prefix of the word at once, because a letter's
  /// kind depends only on the letters before it.
  var consonant: [Bool] = []

  /// A stemmer.
  package init() {}

  /// The stem of a word of three letters or more; shorter words are their own stems.
  package mutating func stem(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    word = Array(bytes)
    if let irregular = PorterStemmer.irregular[word] { return irregular }
    if word.count <= 2 { return word }
    classify(from: 0)
    stripPlural()
    stripPastAndParticiple()
    replaceFinalY()
    shortenDoubleSuffix()
    apply(PorterStemmer.step3, when: { $0.measure($1) > 0 })
    stripSingleSuffix()
    stripFinalE()
    shortenFinalDoubleL()
    return word
  }

  /// The stem of a word.
  package mutating func stem(_ text: String) -> String { String(decoding: stem(Array(text.utf8)), as: UTF8.self) }

  private static let irregular: [[UInt8]: [UInt8]] = {
    let forms = [
      ("sky", "sky"), ("skies", "sky"), ("dying", "die"), ("lying", "lie"), ("tying", "tie"), ("news", "news"),
      ("innings", "inning"), ("inning", "inning"), ("outings", "outing"), ("outing", "outing"),
      ("cannings", "canning"), ("canning", "canning"), ("howe", "howe"), ("proceed", "proceed"),
      ("exceed", "exceed"), ("succeed", "succeed"),
    ]
    return Dictionary(uniqueKeysWithValues: forms.map { (Array($0.0.utf8), Array($0.1.utf8)) })
  }()
}

// MARK: - The shape of a word

extension PorterStemmer {
  /// Finds out which letters are consonants, from `start` on.
  mutating func classify(from start: Int) {
    consonant.removeLast(consonant.count - min(start, consonant.count))
    for place in consonant.count..<max(word.count, consonant.count) {
      switch word[place] {
      case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"):
        consonant.append(false)
      case UInt8(ascii: "y"):
        consonant.append(place == 0 || !consonant[place - 1])
      default:
        consonant.append(true)
      }
    }
  }

  /// Porter's m of the first `length` letters: how often a vowel is followed by a consonant.
  func measure(_ length: Int) -> Int {
    var count = 0
    for place in 1..<max(length, 1) where !consonant[place - 1] && consonant[place] { count += 1 }
    return count
  }

  /// Whether one of the first `length` letters is a vowel.
  func hasVowel(_ length: Int) -> Bool { consonant[..<length].contains(false) }

  /// Whether the first `length` letters end in consonant, vowel, consonant, the last not w, x or y;
  /// or are just a vowel and a consonant.
  func endsConsonantVowelConsonant(_ length: Int) -> Bool {
    if length == 2 { return !consonant[0] && consonant[1] }
    guard length >= 3, consonant[length - 3], !consonant[length - 2], consonant[length - 1] else { return false }
    let last = word[length - 1]
    return last != UInt8(ascii: "w") && last != UInt8(ascii: "x") && last != UInt8(ascii: "y")
  }

  /// Whether the word ends in this suffix.
  func ends(_ suffix: String) -> Bool {
    word.count >= suffix.utf8.count && word[(word.count - suffix.utf8.count)...].elementsEqual(suffix.utf8)
  }

  /// Takes `count` letters off the end and puts `replacement` there.
  mutating func replace(last count: Int, with replacement: String) {
    let stem = word.count - count
    word.removeLast(count)
    word.append(contentsOf: replacement.utf8)
    classify(from: stem)
  }

  /// Applies the first rule whose suffix fits, if its stem satisfies `condition`; no later rule is tried.
  mutating func apply(_ rules: [(suffix: String, replacement: String)], when condition: (Self, Int) -> Bool) {
    guard let rule = rules.first(where: { ends($0.suffix) }) else { return }
    if condition(self, word.count - rule.suffix.utf8.count) {
      replace(last: rule.suffix.utf8.count, with: rule.replacement)
    }
  }
}
