// The steps of Porter's paper, in its order; where NLTK differs from the paper, a comment says so.
extension PorterStemmer {
  /// Step 1a: caresses → caress, ponies → poni, cats → cat; NLTK: dies → die.
  mutating func stripPlural() {
    if word.count == 4, ends("ies") { return replace(last: 3, with: "ie") }
    apply([("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")], when: { _, _ in true })
  }

  /// Step 1b: agreed → agree, plastered → plaster, motoring → motor; NLTK: died → die, spied → spi.
  mutating func stripPastAndParticiple() {
    if ends("ied") { return replace(last: 3, with: word.count == 4 ? "ie" : "i") }
    if ends("eed") {
      if measure(word.count - 3) > 0 { replace(last: 3, with: "ee") }
      return
    }
    if ends("ed"), hasVowel(word.count - 2) {
      replace(last: 2, with: "")
    } else if ends("ing"), hasVowel(word.count - 3) {
      replace(last: 3, with: "")
    } else {
      return
    }
    restoreStem()
  }

  /// After -ed or -ing: conflat → conflate, hopp → hop, fil → file.
  private mutating func restoreStem() {
    if ends("at") || ends("bl") || ends("iz") { return replace(last: 0, with: "e") }
    if endsDoubleConsonant {
      if !ends("l"), !ends("s"), !ends("z") { replace(last: 1, with: "") }
    } else if measure(word.count) == 1, endsConsonantVowelConsonant(word.count) {
      replace(last: 0, with: "e")
    }
  }

  private var endsDoubleConsonant: Bool {
    word.count >= 2 && word[word.count - 1] == word[word.count - 2] && consonant[word.count - 1]
  }

  /// Step 1c: happy → happi; NLTK: only after a consonant that is not the first letter (enjoy, by stay).
  mutating func replaceFinalY() {
    if ends("y"), word.count > 2, consonant[word.count - 2] { replace(last: 1, with: "i") }
  }

  /// Step 2: relational → relate, hopefulness → hopeful; NLTK: -alli first, then once more; -fulli; geologi → geolog.
  mutating func shortenDoubleSuffix() {
    while ends("alli"), measure(word.count - 4) > 0 { replace(last: 4, with: "al") }
    guard let rule = (PorterStemmer.step2.first { ends($0.suffix) }) else { return }
    // The l of -logi counts as part of the stem, so that "geologi" has a measure above 0.
    let stem = word.count - (rule.suffix == "logi" ? 3 : rule.suffix.utf8.count)
    if measure(stem) > 0 { replace(last: rule.suffix.utf8.count, with: rule.replacement) }
  }

  private static let step2: [(suffix: String, replacement: String)] = [
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"),
    ("izer", "ize"), ("bli", "ble"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"),
    ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"),
    ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
    ("fulli", "ful"), ("logi", "log"),
  ]

  /// Step 3: triplicate → triplic, hopeful → hope, goodness → good.
  static let step3: [(suffix: String, replacement: String)] = [
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"),
    ("ful", ""), ("ness", ""),
  ]

  /// Step 4: revival → reviv, adoption → adopt, effective → effect.
  mutating func stripSingleSuffix() {
    apply(PorterStemmer.step4) { stemmer, stem in
      guard stemmer.measure(stem) > 1 else { return false }
      guard stemmer.ends("ion") else { return true }
      return stemmer.word[stem - 1] == UInt8(ascii: "s") || stemmer.word[stem - 1] == UInt8(ascii: "t")
    }
  }

  private static let step4: [(suffix: String, replacement: String)] = [
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate",
    "iti", "ous", "ive", "ize",
  ].map { ($0, "") }

  /// Step 5a: probate → probat, cease → ceas.
  mutating func stripFinalE() {
    guard ends("e") else { return }
    let stem = word.count - 1
    if measure(stem) > 1 || (measure(stem) == 1 && !endsConsonantVowelConsonant(stem)) { replace(last: 1, with: "") }
  }

  /// Step 5b: controll → control.
  mutating func shortenFinalDoubleL() {
    if ends("ll"), measure(word.count - 1) > 1 { replace(last: 1, with: "") }
  }
}
