/// Cuts in pieces of so many characters.
struct FixedLengthSplit: PreTokenizer {
  private let length: Int

  init(_ settings: StageSettings) throws {
    length = try settings.int("length", or: 5)
    guard length > 0 else { throw settings.problem("“length” should be positive, but is \(length).") }
  }

  func apply(to pieces: inout Pieces) {
    pieces.split(.isolated) { bytes, range, cutter in
      var place = range.lowerBound
      while place < range.upperBound {
        let start = place
        var count = 0
        while count < length, place < range.upperBound {
          place += UTF8Scalars.width(bytes[place])
          count += 1
        }
        cutter.span(start, place, isDelimiter: false)
      }
    }
  }
}
