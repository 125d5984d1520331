import ArgumentParser
import Foundation
import OrchardEvaluation
import OrchardJSON

/// `orchard evaluate`: scores predictions against references, or a model on a data set.
package struct EvaluateCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score predictions against references, or a model on a data set.",
    discussion: """
      Scores equal those of rouge_score 0.1.2 and sacreBLEU 2.6 and come with the signature to quote them with. \
      A file that ends in .jsonl holds one JSON object a line, of which one field counts; any other file holds one \
      text a line. For ROUGE-Lsum the sentences of a text stand on lines of their own, so it needs .jsonl files. \
      With --baseline, the scores of another system's predictions stand beside them, with the difference, its \
      interval and its p-value by paired bootstrap.

      With --model, the model first answers every row of --data; the answers, with the prompts' hashes, and the \
      scores, with seed and settings, are written to --output as predictions.jsonl and scores.json.

      Examples:
        orchard evaluate --predictions out.txt --references gold.txt \\
          --metrics rouge,bleu,chrf
        orchard evaluate --predictions out.jsonl --references test.jsonl \\
          --reference-field summary --stemmer --bootstrap 1000
        orchard evaluate --predictions out.txt --metrics bleu --json \\
          --references first.txt --references second.txt
        orchard evaluate --predictions new.txt --baseline old.txt \\
          --references gold.txt --metrics rougeL,chrf++
        orchard evaluate --model runs/first/model --data test.jsonl \\
          --template summarise --max-new-tokens 64 --output runs/first/test
      """)

  @Option(help: ArgumentHelp("The predictions.", valueName: "file"))
  var predictions: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("The references; once for each set of references.", valueName: "file"))
  var references: [String] = []

  @Option(help: ArgumentHelp("Another system's predictions to compare with.", valueName: "file"))
  var baseline: String?

  @Option(help: "The field of predictions in .jsonl files.")
  var predictionField = "prediction"

  @Option(help: "The field of references in .jsonl files: a text or a list of texts.")
  var referenceField = "reference"

  @OptionGroup(title: "Asking a model")
  var asking: AskingOptions

  @OptionGroup(title: "Scoring")
  var scoring: ScoringOptions

  @OptionGroup var format: OutputOptions

  package init() {}

  package func validate() throws {
    if baseline != nil, scoring.bootstrap == 0 {
      throw ValidationError("--baseline compares by bootstrap; leave --bootstrap 0 out.")
    }
    if asking.model == nil {
      guard predictions != nil else {
        throw ValidationError("name --predictions and --references, or a --model and its --data.")
      }
      if references.isEmpty { throw ValidationError("name the --references of the predictions.") }
    } else if predictions != nil || !references.isEmpty || baseline != nil {
      throw ValidationError("--model answers --data itself; leave --predictions, --references and --baseline out.")
    }
  }

  package func run() throws {
    if asking.model != nil { return try asking.run(scoring, json: format.json) }
    let report = try report()
    if format.json {
      try Console.result(report.json.text)
    } else {
      try Console.result(report.table)
    }
  }

  /// Reads the files and scores them.
  ///
  /// - Throws: `EvaluationError`, naming file and line.
  package func report() throws -> ScoreReport {
    try scoring.report(on: read(predictions ?? ""), baseline: baseline.map(read))
  }

  private func read(_ file: String) throws -> PredictionSet {
    try PredictionSet(
      predictions: URL(filePath: file), references: references.map { URL(filePath: $0) },
      predictionField: predictionField, referenceField: referenceField)
  }
}
