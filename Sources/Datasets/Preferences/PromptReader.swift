import OrchardJSON

/// Reads prompts alone, which a model answers itself: what stands where an answer would is left out.
public struct PromptReader: AnswerReader {
  /// A reader.
  public init() {}

  /// Each prompt stands by itself.
  public var comparesAnswers: Bool { false }

  /// The row with an empty answer; of a conversation what was said before its last answer.
  public func answers(_ row: DataRow, _ composer: PromptComposer) throws(DataError) -> [GradedRow] {
    guard composer.messages == nil else { return [GradedRow(row: row, grade: 0)] }
    let place = try AnswerPlace(composer, row)
    return [GradedRow(row: try place.row(row, with: .string(""), "answer"), grade: 0)]
  }
}
