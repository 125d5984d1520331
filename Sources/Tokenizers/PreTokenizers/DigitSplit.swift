/// Cuts numbers from what is around them.
struct DigitSplit: PreTokenizer {
  private let behavior: DelimiterBehavior

  init(_ settings: StageSettings) throws {
    behavior = try settings.bool("individual_digits", or: false) ? .isolated : .contiguous
  }

  func apply(to pieces: inout Pieces) { pieces.split(atScalarsOf: .numeric, behavior) }
}
