/// Cuts at one character and drops it.
struct CharacterDelimiterSplit: PreTokenizer {
  private let delimiter: [UInt8]

  init(_ settings: StageSettings) throws {
    var bytes: [UInt8] = []
    UTF8Scalars.append(try settings.scalar("delimiter"), to: &bytes)
    delimiter = bytes
  }

  func apply(to pieces: inout Pieces) {
    let pattern = TextPattern.text(delimiter)
    pieces.split(.removed) { bytes, range, cutter in
      pattern.spans(in: bytes, range) { cutter.span($0, $1, isDelimiter: $2) }
    }
  }
}
