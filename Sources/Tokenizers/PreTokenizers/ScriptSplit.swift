/// Cuts where the script changes; kana counts as Han, and characters without a script of their own join either side.
///
/// As in the `tokenizers` package, such characters before the first script are dropped.
struct ScriptSplit: PreTokenizer {
  private static let scripts = CodePointTable(runs: ScriptData.text)

  init(_ settings: StageSettings) throws {}

  func apply(to pieces: inout Pieces) {
    let scripts = Self.scripts
    pieces.split(.isolated) { bytes, range, cutter in
      var start = -1
      var last: UInt16 = 0
      var place = range.lowerBound
      while place < range.upperBound {
        let script = scripts[UTF8Scalars.scalar(bytes, at: place)]
        if script != 0 {
          if script != last {
            if start >= 0 { cutter.span(start, place, isDelimiter: false) }
            start = place
          }
          last = script
        }
        place += UTF8Scalars.width(bytes[place])
      }
      if start >= 0 { cutter.span(start, place, isDelimiter: false) }
    }
  }
}
