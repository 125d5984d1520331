/// How far a text has come in holding the phrases that must occur.
///
/// Phrases are fulfilled one after the other, in any order: a token either goes on with the phrase that was begun, or
/// begins one, as in the constraints of transformers 4. Only new tokens count.
struct PhraseProgress {
  /// A phrase's alternatives, of which one must occur.
  private struct Phrase {
    let alternatives: [[Int]]
    /// The tokens of it that stand at the end of the text.
    var begun: [Int] = []

    /// The greatest number of tokens that it takes.
    var length: Int { alternatives.map(\.count).max() ?? 0 }

    var isComplete: Bool { alternatives.contains(begun) }

    /// The least number of tokens that it still takes.
    var needed: Int {
      alternatives.filter { $0.starts(with: begun) }.map { $0.count - begun.count }.min() ?? 0
    }

    /// The tokens that bring it on, each once.
    var nextTokens: [Int] {
      var tokens: [Int] = []
      for alternative in alternatives where alternative.count > begun.count && alternative.starts(with: begun) {
        let token = alternative[begun.count]
        if !tokens.contains(token) { tokens.append(token) }
      }
      return tokens
    }
  }

  private var pending: [Phrase]
  private var current: Phrase?
  private var completed = 0
  private let longest: Int

  /// A text that holds nothing yet of these phrases, each with its alternatives.
  init(_ phrases: [[[Int]]]) {
    pending = phrases.map { Phrase(alternatives: $0) }
    longest = pending.map(\.length).max() ?? 0
  }

  /// Whether all phrases have occurred.
  var isComplete: Bool { pending.isEmpty && current == nil }

  /// How much is fulfilled, in tokens: whole phrases count as the longest one.
  var bank: Int {
    let begun = current.map { longest - ($0.length - $0.begun.count) } ?? 0
    return completed * longest + begun
  }

  /// The least number of tokens that all phrases still take.
  var needed: Int { (current?.needed ?? 0) + pending.reduce(0) { $0 + $1.needed } }

  /// The tokens that bring the phrases on.
  var nextTokens: [Int] { current?.nextTokens ?? pending.flatMap(\.nextTokens) }

  /// Takes the text's next token.
  mutating func read(_ token: Int) {
    if var phrase = current {
      current = nil
      guard phrase.nextTokens.contains(token) else {
        phrase.begun = []
        pending.append(phrase)
        return
      }
      phrase.begun.append(token)
      settle(phrase)
    } else if let place = pending.firstIndex(where: { $0.nextTokens.contains(token) }) {
      var phrase = pending.remove(at: place)
      phrase.begun.append(token)
      settle(phrase)
    }
  }

  private mutating func settle(_ phrase: Phrase) {
    if phrase.isComplete { completed += 1 } else { current = phrase }
  }
}

extension StepSituation {
  /// The phrases that the settings force, in tokens; nil where there are none.
  ///
  /// - Throws: `GenerationError` for a phrase with an end token, for alternatives of which one begins another, and for
  ///   phrases that do not fit into the least of the `limits`.
  func phraseProgress(limits: [TokenLimit]) throws -> PhraseProgress? {
    guard !settings.forceWords.isEmpty else { return nil }
    let setting = "force-words"
    let phrases = try settings.forceWords.map { phrase in
      try phrase.alternatives.map { try form(of: $0, setting: setting) }
    }
    for (phrase, forms) in zip(settings.forceWords, phrases) {
      let said = phrase.alternatives.map(\.said).joined(separator: ", ")
      if let end = forms.joined().first(where: endTokens.contains) {
        throw GenerationError("\(setting): \(said) holds the end token \(end), behind which nothing stands")
      }
      for (index, form) in forms.enumerated() {
        let others = forms.indices.filter { $0 != index }
        if others.contains(where: { forms[$0].starts(with: form) }) {
          throw GenerationError("\(setting): of the alternatives \(said) one begins another; leave out the longer one")
        }
      }
    }
    let least = phrases.reduce(0) { $0 + ($1.map(\.count).min() ?? 0) }
    if let limit = limits.min(by: { $0.count < $1.count }), limit.count < least {
      throw GenerationError("\(setting): the phrases take \(least) tokens, but an answer may have only \(limit)")
    }
    return PhraseProgress(phrases)
  }
}
