import ArgumentParser
import Foundation
import OrchardAugmentation
import OrchardDatasets
import OrchardEvaluation
import OrchardJSON

/// The questions of `orchard answer`: rows, the prompts made of them, and what is right.
struct QuestionSet {
  let prompts: ReasoningPrompts
  /// What the model reads first, a row.
  let texts: [String]
  private let rows: [DataRow]
  private let examples: [[DataRow]]
  /// The right answers, a row; nil where nothing is to be counted.
  private let right: [String]?

  /// Reads and composes everything: what is wrong is told before a model is loaded.
  ///
  /// - Throws: an error that names file and line.
  init(_ command: AnswerCommand, model: URL?) throws {
    let form = command.form
    var settings = try form.settings(model: model, seed: Int(command.generation.seed.seed)) ?? PromptSettings()
    if settings.template == PromptSettings().template, form.template == nil { settings.template = "question" }
    let composer = try settings.composer()
    if let model { try TemplateStamp.check(composer.template, for: model, forced: form.forceTemplate) }
    prompts = try ReasoningPrompts(command.reasoning.settings, composer: composer, shots: form.shots)
    rows = try Self.rows(command, composer.template)
    let worked = try form.workedExamples(settings, composer, for: rows)
    var texts: [String] = []
    var examples: [[DataRow]] = []
    for (number, row) in rows.enumerated() {
      let chosen = try worked.examples(for: row, number: number)
      examples.append(chosen)
      texts.append(try prompts.prompt(row, examples: chosen))
    }
    self.texts = texts
    self.examples = examples
    right = command.unscored || command.question != nil || command.printPrompt ? nil : try Self.right(rows, prompts)
  }

  private static func rows(_ command: AnswerCommand, _ template: PromptTemplate) throws -> [DataRow] {
    if let data = command.data {
      var source = DatasetSettings(file: data)
      source.limit = command.limit
      return try Dataset(source).rows()
    }
    guard let name = template.mainPlaceholder else {
      throw ValidationError("the template “\(template.name)” has no placeholder that a question could fill.")
    }
    let fields = JSONObject([(name, .string(command.question ?? ""))])
    return [DataRow(fields: fields, file: "the question", line: 1)]
  }

  private static func right(_ rows: [DataRow], _ prompts: ReasoningPrompts) throws -> [String] {
    try rows.map { row in
      do throws(DataError) {
        return try prompts.rightAnswer(row)
      } catch {
        throw row.error("\(error.problem); where rows hold no right answers, --unscored answers them without counting")
      }
    }
  }

  /// Checks that every prompt leaves the model room for an answer.
  ///
  /// - Throws: `AugmentationError` with the numbers.
  func check(_ room: PromptRoom) throws {
    for (index, text) in texts.enumerated() {
      try room.check(text, rows[index], examples: examples[index], prompts: prompts)
    }
  }

  private func isRight(_ answer: ReasonedAnswers.Answer, _ number: Int) -> Bool? {
    right.map { right in answer.answer.map { prompts.rule.isSame($0, right[number]) } ?? false }
  }

  /// An answer for programs.
  func json(_ answer: ReasonedAnswers.Answer, number: Int) -> JSONObject {
    var object = JSONObject([("row", .integer(number))])
    for (key, value) in answer.json.entries { object[key] = value }
    if let right, let isRight = isRight(answer, number) {
      object["reference"] = .string(right[number])
      object["correct"] = .bool(isRight)
    }
    return object
  }

  /// An answer for people, in one line.
  func line(_ answer: ReasonedAnswers.Answer, number: Int) -> String {
    var line = "\(number + 1)  " + (answer.answer?.replacing("\n", with: "⏎") ?? "(no answer)")
    if answer.chains.count > 1 {
      line += "  \(answer.consistency.votes.first?.count ?? 0) of \(answer.chains.count) votes"
    }
    if let right, let isRight = isRight(answer, number) { line += isRight ? "  right" : "  wrong: \(right[number])" }
    return line
  }

  /// The accuracy with its interval, or nil where nothing is to be counted.
  func score(_ answers: [ReasonedAnswers.Answer], bootstrap: Int) throws -> ScoreReport.Score? {
    guard let right else { return nil }
    // An answer that was not read is no answer: a line break stands in none.
    let set = try PredictionSet(
      predictions: answers.map { $0.answer.map(prompts.rule.comparable) ?? "\n" },
      references: right.map(prompts.rule.comparable))
    let resampling = bootstrap > 0 ? Bootstrap(resamples: bootstrap) : nil
    return try ScoreReport(scoring: set, with: [Accuracy()], bootstrap: resampling).scores.first
  }
}
