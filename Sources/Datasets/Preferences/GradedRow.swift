/// One answer of a row that has several, as a row of its own, and how good it was found.
public struct GradedRow: Sendable {
  /// The row with this answer where the template looks for it.
  public var row: DataRow
  /// How good it is: the more the better.
  public var grade: Double
}

/// What makes of one row the answers that are learned from.
public protocol AnswerReader: Sendable {
  /// Whether answers to one prompt are compared with each other; else each stands by itself.
  var comparesAnswers: Bool { get }
  /// The answers of a row.
  ///
  /// - Throws: `DataError` where the row has none that can be read.
  func answers(_ row: DataRow, _ composer: PromptComposer) throws(DataError) -> [GradedRow]
}
