import OrchardJSON

/// What a `Split` or `Replace` stage looks for: a fixed text or a regular expression.
enum TextPattern: Sendable {
  case text([UInt8])
  case words(WordScanner)
  case expression(RegularExpression)

  /// Reads `{"pattern": {"String": …}}` or `{"pattern": {"Regex": …}}`.
  init(_ settings: StageSettings) throws {
    let pattern = JSONValue.object(try settings.object("pattern"))
    if let text = pattern["String"]?.string {
      self = .text(Array(text.utf8))
    } else if let expression = pattern["Regex"]?.string {
      if let scanner = WordScanner(expression: expression) {
        self = .words(scanner)
      } else {
        self = .expression(try RegularExpression(expression, settings))
      }
    } else {
      throw settings.problem("“pattern” should hold either “String” or “Regex”.")
    }
  }

  /// Reports the matches and what stands between them, in order and without gaps.
  @inline(__always)
  func spans(
    in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
    _ report: (_ start: Int, _ end: Int, _ isMatch: Bool) -> Void
  ) {
    switch self {
    case .text(let text): Self.spans(of: text, in: bytes, range, report)
    case .words(let scanner): scanner.spans(in: bytes, range, report)
    case .expression(let expression): expression.spans(in: bytes, range, report)
    }
  }

  private static func spans(
    of text: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ report: (Int, Int, Bool) -> Void
  ) {
    guard let first = text.first else {
      report(range.lowerBound, range.upperBound, false)
      return
    }
    text.withUnsafeBufferPointer { text in
      var before = range.lowerBound
      var place = range.lowerBound
      let last = range.upperBound - text.count
      while place <= last {
        guard bytes[place] == first, ByteHash.equal(text, bytes, at: place) else {
          place += 1
          continue
        }
        if before < place { report(before, place, false) }
        report(place, place + text.count, true)
        place += text.count
        before = place
      }
      if before < range.upperBound { report(before, range.upperBound, false) }
    }
  }
}
