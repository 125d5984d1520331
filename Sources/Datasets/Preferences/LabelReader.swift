import OrchardSettings

/// Reads texts with a label each, for classifiers: the grade of a row is the number of its label.
public struct LabelReader: AnswerReader {
  /// The labels in the order of their numbers.
  public let labels: [String]
  /// The column with a row's label.
  public let column: String
  /// Each text stands by itself.
  public var comparesAnswers: Bool { false }

  /// A reader.
  public init(labels: [String], column: String) { (self.labels, self.column) = (labels, column) }

  /// The row with its label.
  public func answers(_ row: DataRow, _ composer: PromptComposer) throws(DataError) -> [GradedRow] {
    [GradedRow(row: row, grade: Double(try label(of: row)))]
  }

  /// The number of a row's label, which is named, or given by its number from 0.
  ///
  /// - Throws: `DataError` where the row has none, or one that is not known.
  public func label(of row: DataRow) throws(DataError) -> Int {
    let text = try row.text(column).trimmingSpaces
    if let number = labels.firstIndex(of: text) { return number }
    if let number = Int(text), labels.indices.contains(number) { return number }
    let hint = NearestName.suggestion(for: text, in: labels)
    throw row.error(
      "the label “\(column)” is “\(text)”, which is none of \(labels.joined(separator: ", "))\(hint), and no number from 0 to "
        + "\(labels.count - 1)")
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
