/// Cuts in words and runs of other characters, and drops white space: `\w+|[^\w\s]+`.
struct WordSplit: PreTokenizer {
  init(_ settings: StageSettings) throws {}

  func apply(to pieces: inout Pieces) {
    let classes = CharacterClass.table
    let groups: CharacterClass = [.word, .whitespace]
    pieces.split(.removed) { bytes, range, cutter in
      var place = range.lowerBound
      while place < range.upperBound {
        let start = place
        let kind = CharacterClass(of: UTF8Scalars.scalar(bytes, at: place), in: classes).intersection(groups)
        repeat {
          place += UTF8Scalars.width(bytes[place])
        } while place < range.upperBound
          && CharacterClass(of: UTF8Scalars.scalar(bytes, at: place), in: classes).intersection(groups) == kind
        cutter.span(start, place, isDelimiter: kind == .whitespace)
      }
    }
  }
}
