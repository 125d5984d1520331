import OrchardJSON

/// What a `Split` or `Replace` stage looks for: a fixed text or a regular expression.
enum TextPattern: Sendable {
  case text([UInt8])
  /// One ASCII character at least so many times in a row.
  case repeated(UInt8, atLeast: Int)
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
      } else if let (byte, count) = Self.repetition(expression) {
        self = .repeated(byte, atLeast: count)
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
    case .repeated(let byte, let count): Self.spans(of: byte, atLeast: count, in: bytes, range, report)
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

  /// The character and the count of an expression such as ` {2,}` or `a+`, or nil for any other.
  private static func repetition(_ expression: String) -> (UInt8, Int)? {
    let bytes = Array(expression.utf8)
    guard bytes.count > 1, bytes[0] < 0x80, !"\\^$.|?*+()[]{}".utf8.contains(bytes[0]) else { return nil }
    let rest = String(decoding: bytes[1...], as: UTF8.self)
    if rest == "+" { return (bytes[0], 1) }
    guard rest.hasPrefix("{"), rest.hasSuffix(",}"), let count = Int(rest.dropFirst().dropLast(2)), count > 0 else {
      return nil
    }
    return (bytes[0], count)
  }

  private static func spans(
    of byte: UInt8, atLeast count: Int, in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
    _ report: (Int, Int, Bool) -> Void
  ) {
    var before = range.lowerBound
    var place = range.lowerBound
    while place < range.upperBound {
      guard bytes[place] == byte else {
        place += 1
        continue
      }
      let start = place
      while place < range.upperBound, bytes[place] == byte { place += 1 }
      guard place - start >= count else { continue }
      if before < start { report(before, start, false) }
      report(start, place, true)
      before = place
    }
    if before < range.upperBound { report(before, range.upperBound, false) }
  }
}
