/// Cuts at the matches of a text or a regular expression.
struct PatternSplit: PreTokenizer {
  private let pattern: TextPattern
  private let behavior: DelimiterBehavior
  private let inverts: Bool

  init(_ settings: StageSettings) throws {
    pattern = try TextPattern(settings)
    behavior = try DelimiterBehavior(settings, or: nil)
    inverts = try settings.bool("invert", or: false)
  }

  func apply(to pieces: inout Pieces) {
    pieces.split(behavior) { bytes, range, cutter in
      pattern.spans(in: bytes, range) { cutter.span($0, $1, isDelimiter: $2 != inverts) }
    }
  }
}
