/// Cuts at white space and drops it.
struct WhitespaceSplit: PreTokenizer {
  init(_ settings: StageSettings) throws {}

  func apply(to pieces: inout Pieces) { pieces.split(atScalarsOf: .whitespace, .removed) }
}

extension Pieces {
  /// Cuts at every scalar of a class.
  @inline(__always)
  mutating func split(atScalarsOf wanted: CharacterClass, _ behavior: DelimiterBehavior) {
    let classes = CharacterClass.table
    CharacterClass.ascii.withUnsafeBufferPointer { ascii in
      split(behavior) { bytes, range, cutter in
        var before = range.lowerBound
        var place = range.lowerBound
        while place < range.upperBound {
          let byte = bytes[place]
          var width = 1
          if byte < 0x80 {
            if !ascii[Int(byte)].contains(wanted) {
              place += 1
              continue
            }
          } else {
            width = UTF8Scalars.width(byte)
            if !CharacterClass(of: UTF8Scalars.scalar(bytes, at: place), in: classes).contains(wanted) {
              place += width
              continue
            }
          }
          if before < place { cutter.span(before, place, isDelimiter: false) }
          cutter.span(place, place + width, isDelimiter: true)
          place += width
          before = place
        }
        if before < place { cutter.span(before, place, isDelimiter: false) }
      }
    }
  }
}
