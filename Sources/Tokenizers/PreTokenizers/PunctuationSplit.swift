/// Cuts at punctuation characters.
struct PunctuationSplit: PreTokenizer {
  private let behavior: DelimiterBehavior

  init(_ settings: StageSettings) throws {
    behavior = try DelimiterBehavior(settings, or: .isolated)
  }

  func apply(to pieces: inout Pieces) { pieces.split(atScalarsOf: .punctuation, behavior) }
}

extension DelimiterBehavior {
  /// Reads the key `behavior`.
  init(_ settings: StageSettings, or fallback: DelimiterBehavior?) throws {
    let name = try settings.string("behavior", or: fallback?.rawValue)
    guard let behavior = DelimiterBehavior(rawValue: name) else {
      throw settings.problem("the behavior “\(name)” is not known.")
    }
    self = behavior
  }
}
