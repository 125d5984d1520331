/// A token for each word, and one for all words that have none.
struct WordLevelModel: VocabularyModel {
  let vocabulary: Vocabulary
  let unknownID: Int32?
  let unknownKeepsText = false

  init(_ settings: StageSettings) throws {
    vocabulary = try Vocabulary(settings)
    let unknown = try settings.string("unk_token")
    unknownID = vocabulary.number(of: unknown).map(Int32.init)
  }

  func tokenize(_ piece: UnsafeBufferPointer<UInt8>, into run: inout TokenRun, scratch: inout ModelScratch) {
    let number = vocabulary.number(of: piece)
    if number >= 0 {
      run.append(number, 0, piece.count)
    } else if let unknownID {
      run.append(unknownID, 0, piece.count)
    }
  }
}
