import OrchardSettings

/// Which rows stand as worked examples before a question.
public enum ExampleChoice: String, NamedChoice {
  /// Always the first ones.
  case first
  /// Always those of certain numbers.
  case rows
  /// Others for each question, drawn by the seed and the question's number.
  case random
  /// For each question those that mean most nearly the same, the nearest last.
  case similar
}

/// Turns texts into vectors whose directions tell what they mean.
public protocol TextVectors {
  /// A vector for each text, all of one length.
  func vectors(of texts: [String]) throws -> [[Float]]
}

/// Chooses the worked examples of one-shot and few-shot prompts.
public struct WorkedExamples: Sendable {
  private let composer: PromptComposer
  private let shots: Int
  private let choice: ExampleChoice
  private let seed: Int
  private let rows: [DataRow]
  private let questions: [String]
  private var similarity: ExampleSimilarity?

  /// `shots` examples for each question, from `rows`; for `ExampleChoice.rows` those of certain `numbers`, from 0.
  ///
  /// - Throws: `DataError` where there are fewer rows than shots, a row lacks a field, or a number names no row.
  public init(
    _ rows: [DataRow], composer: PromptComposer, shots: Int, choice: ExampleChoice = .first, seed: Int = 0,
    numbers: [Int] = []
  ) throws(DataError) {
    self.composer = composer
    self.shots = shots
    self.choice = choice
    self.seed = seed
    self.rows = shots == 0 ? [] : choice == .rows ? try Self.rows(numbers, of: rows) : rows
    var questions: [String] = []
    for row in self.rows {
      questions.append(try composer.question(row))
      _ = try composer.prompt(row)
    }
    self.questions = questions
    if shots > self.rows.count {
      throw DataError(
        file: rows.first?.file,
        problem: "\(shots) worked examples were asked for, but there are only \(self.rows.count)")
    }
  }

  /// No examples.
  public init(composer: PromptComposer) {
    (self.composer, shots, choice, seed, rows, questions) = (composer, 0, .first, 0, [], [])
  }

  /// The same, ready to choose similar examples for certain rows: their questions become vectors, all at once.
  ///
  /// Where examples are chosen otherwise, neither closure is called.
  /// - Throws: `DataError` where a row lacks a field, or what a closure throws.
  public func prepared(
    for rows: () throws -> [DataRow], by vectors: () throws -> any TextVectors
  ) throws -> WorkedExamples {
    guard choice == .similar, shots > 0 else { return self }
    var prepared = self
    prepared.similarity = try ExampleSimilarity(
      of: try rows().map { try composer.question($0) }, to: questions, by: vectors())
    return prepared
  }

  /// The examples for a question, never a row that asks the same.
  ///
  /// `number` is the question's place in its data set; with the seed it decides a random choice.
  /// - Throws: `DataError` where too few rows ask something else, or where similar examples were not prepared.
  public func examples(for row: DataRow, number: Int) throws(DataError) -> [DataRow] {
    guard shots > 0 else { return [] }
    let asked = try composer.question(row)
    let order = try order(for: asked, number: number)
    let chosen = order.lazy.filter { !questions[$0].utf8.elementsEqual(asked.utf8) }.prefix(shots).map { rows[$0] }
    guard chosen.count == shots else {
      throw row.error("\(shots) worked examples were asked for, but only \(chosen.count) rows ask something else")
    }
    // What stands nearest to the question counts most.
    return choice == .similar ? chosen.reversed() : Array(chosen)
  }

  private func order(for asked: String, number: Int) throws(DataError) -> [Int] {
    var order = Array(rows.indices)
    switch choice {
    case .first, .rows: break
    case .random:
      var random = SeededGenerator(seed: UInt64(truncatingIfNeeded: seed), stream: UInt64(truncatingIfNeeded: number))
      random.shuffle(&order)
    case .similar:
      guard let nearest = similarity?.order(by: asked) else {
        throw DataError(problem: "similar worked examples need a sentence encoder: name its folder or its hub name")
      }
      order = nearest
    }
    return order
  }

  private static func rows(_ numbers: [Int], of rows: [DataRow]) throws(DataError) -> [DataRow] {
    var chosen: [DataRow] = []
    for number in numbers {
      guard rows.indices.contains(number) else {
        throw DataError(
          file: rows.first?.file,
          problem: "there is no row \(number) to be a worked example; the file has \(rows.count), counted from 0")
      }
      chosen.append(rows[number])
    }
    return chosen
  }
}
