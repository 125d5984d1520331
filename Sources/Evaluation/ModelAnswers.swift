import Foundation
import OrchardDatasets
import OrchardEncoders
import OrchardGeneration
import OrchardJSON
import OrchardSettings

/// A model's answers to the rows of a data set, with all that is needed to repeat them.
public struct ModelAnswers: Sendable {
  /// One row's answer.
  public struct Answer: Sendable {
    /// The row's number in the data set, from 0.
    public let row: Int
    /// The whole prompt that the model read.
    public let prompt: String
    /// What was wanted: one text or several.
    public let references: [String]
    /// What the model wrote.
    public let prediction: String
    /// Why it ended there.
    public let finish: FinishReason
    /// The tokens that it wrote.
    public let tokenCount: Int

    /// The answer as a line of a predictions file.
    public var json: JSONValue {
      [
        "row": .integer(row), "prompt": .string(prompt), "prompt_hash": .string(SHA256.hex(of: prompt)),
        "references": .array(references.map(JSONValue.string)), "prediction": .string(prediction),
        "finish_reason": .string(finish.rawValue), "tokens": .integer(tokenCount),
      ]
    }
  }

  /// The answers in the order of the rows.
  public let answers: [Answer]
  /// The template's name.
  public let template: String
  /// The template's hash.
  public let templateHash: String
  /// How the answers were generated.
  public let settings: GenerationSettings

  /// Asks a model about every row of a data set.
  ///
  /// - Parameters:
  ///   - generator: The model with its tokenizer.
  ///   - dataset: The rows.
  ///   - prompt: How rows become prompts, and what is wanted.
  ///   - columns: The columns that hold what is wanted; empty for the template's completion.
  ///   - settings: How answers are generated.
  ///   - batchSize: Rows that are answered side by side; the answers do not depend on it.
  ///   - report: Called after each batch with the number of answers so far; may throw to end the work.
  /// - Throws: An error that names file and line where a row lacks a field, or a prompt does not fit.
  public init(
    of generator: TextGenerator, on dataset: Dataset, prompt: PromptSettings, columns: [String] = [],
    settings: GenerationSettings, batchSize: Int = 8, report: (Int) throws -> Void = { _ in }
  ) throws {
    let composer = try prompt.composer()
    let worked = try prompt.workedExamples(composer).prepared(for: { try dataset.rows() }, prompt)
    var prompts: [String] = []
    var references: [[String]] = []
    for number in 0..<dataset.count {
      let row = try dataset.row(number)
      let examples = try worked.examples(for: row, number: number)
      let composed = try composer.prompt(row, examples: examples, wantsCompletion: columns.isEmpty)
      prompts.append(composed.text)
      var wanted = [composed.completion ?? ""]
      if !columns.isEmpty {
        wanted = []
        for column in columns { wanted.append(try row.text(column)) }
      }
      references.append(wanted)
    }
    let sequences = try generator.generate(prompts, settings: settings, batchSize: batchSize, report: report)
    answers = sequences.indices.map { index in
      let text = sequences[index].text
      return Answer(
        row: index, prompt: prompts[index], references: references[index],
        prediction: text.trimmingCharacters(in: .whitespacesAndNewlines), finish: sequences[index].finish,
        tokenCount: sequences[index].tokens.count)
    }
    template = composer.template.name
    templateHash = composer.template.hash
    self.settings = settings
  }

  /// The answers as metrics take them.
  ///
  /// - Throws: `EvaluationError` where there is none.
  public func predictions() throws -> PredictionSet {
    try PredictionSet(predictions: answers.map(\.prediction), references: answers.map(\.references))
  }

  /// How many answers ended for each reason.
  public var finishReasons: [(reason: FinishReason, count: Int)] {
    Dictionary(grouping: answers, by: \.finish).map { ($0.key, $0.value.count) }.sorted { $0.1 > $1.1 }
  }
}
