import Foundation
import OrchardEvaluation
import OrchardJSON
import OrchardReports

/// The answers that `orchard evaluate --output` wrote into a folder.
struct EvaluationFolder {
  /// One answer.
  struct Answer {
    let prompt: String
    let references: [String]
    let prediction: String
  }

  let answers: [Answer]

  /// Reads a folder's `predictions.jsonl`.
  ///
  /// - Throws: `EvaluationError` that names file and line.
  init(_ folder: URL) throws {
    let url = folder.appending(path: "predictions.jsonl")
    guard let data = FileManager.default.contents(atPath: url.path) else {
      throw EvaluationFolderError(
        "\(url.path): cannot be read; write it with orchard evaluate --model ... --output \(folder.path)")
    }
    var answers: [Answer] = []
    for (number, line) in data.split(separator: 0x0A).enumerated() {
      guard let json = try? JSONValue(parsing: line), let prompt = json["prompt"]?.string,
        let prediction = json["prediction"]?.string, let references = json["references"]?.array?.compactMap(\.string)
      else {
        throw EvaluationFolderError(
          "\(url.path), line \(number + 1): is no answer with prompt, references and prediction; write the file anew")
      }
      answers.append(Answer(prompt: prompt, references: references, prediction: prediction))
    }
    self.answers = answers
  }

  /// The scores of the answers.
  ///
  /// - Throws: `EvaluationError` where there is no answer.
  func scores(_ scoring: ScoringOptions) throws -> ScoreReport {
    try scoring.report(
      on: PredictionSet(predictions: answers.map(\.prediction), references: answers.map(\.references)))
  }

  /// The answers beside those of an earlier model to the same prompts.
  func samples(beside earlier: EvaluationFolder?) -> [AnsweredSample] {
    answers.enumerated().map { index, answer in
      let old = earlier.flatMap { $0.answers.indices.contains(index) ? $0.answers[index] : nil }
      var voices = [AnsweredSample.Answer("a person", .human, answer.references.first ?? "")]
      if let old, old.prompt == answer.prompt { voices.append(.init("before", .before, old.prediction)) }
      voices.append(.init("after", .after, answer.prediction))
      return AnsweredSample(input: answer.prompt, answers: voices)
    }
  }
}

/// What is wrong with a folder of answers.
struct EvaluationFolderError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
