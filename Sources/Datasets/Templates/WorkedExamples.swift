import OrchardSettings

/// Which rows stand as worked examples before a question.
public enum ExampleChoice: String, NamedChoice {
  /// Always the first ones.
  case first
  /// Others for each question, drawn by the seed and the question's number.
  case random
}

/// Chooses the worked examples of one-shot and few-shot prompts.
public struct WorkedExamples: Sendable {
  private let composer: PromptComposer
  private let shots: Int
  private let choice: ExampleChoice
  private let seed: Int
  private let rows: [DataRow]
  private let questions: [String]

  /// `shots` examples for each question, from `rows`.
  ///
  /// - Throws: `DataError` where there are fewer rows than shots, or a row lacks a field.
  public init(_ rows: [DataRow], composer: PromptComposer, shots: Int, choice: ExampleChoice = .first, seed: Int = 0)
    throws(DataError)
  {
    self.composer = composer
    self.shots = shots
    self.choice = choice
    self.seed = seed
    self.rows = shots == 0 ? [] : rows
    var questions: [String] = []
    for row in self.rows {
      questions.append(try composer.question(row))
      _ = try composer.prompt(row)
    }
    self.questions = questions
    if shots > rows.count {
      throw DataError(
        file: rows.first?.file, problem: "\(shots) worked examples were asked for, but there are only \(rows.count)")
    }
  }

  /// No examples.
  public init(composer: PromptComposer) {
    (self.composer, shots, choice, seed, rows, questions) = (composer, 0, .first, 0, [], [])
  }

  /// The examples for a question, never a row that asks the same.
  ///
  /// `number` is the question's place in its data set; with the seed it decides a random choice.
  /// - Throws: `DataError` where too few rows ask something else.
  public func examples(for row: DataRow, number: Int) throws(DataError) -> [DataRow] {
    guard shots > 0 else { return [] }
    let asked = try composer.question(row)
    var order = Array(rows.indices)
    if choice == .random {
      var random = SeededGenerator(seed: UInt64(truncatingIfNeeded: seed), stream: UInt64(truncatingIfNeeded: number))
      random.shuffle(&order)
    }
    let chosen = order.lazy.filter { !questions[$0].utf8.elementsEqual(asked.utf8) }.prefix(shots).map { rows[$0] }
    guard chosen.count == shots else {
      throw row.error("\(shots) worked examples were asked for, but only \(chosen.count) rows ask something else")
    }
    return Array(chosen)
  }
}
