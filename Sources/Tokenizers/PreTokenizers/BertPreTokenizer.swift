/// Cuts at white space, which it drops, and around every punctuation character.
struct BertPreTokenizer: PreTokenizer {
  init(_ settings: StageSettings) throws {}

  func apply(to pieces: inout Pieces) {
    pieces.split(atScalarsOf: .whitespace, .removed)
    pieces.split(atScalarsOf: .punctuation, .isolated)
  }
}
