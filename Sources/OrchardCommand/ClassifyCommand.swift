import ArgumentParser
import Foundation
import OrchardDatasets
import OrchardEncoders
import OrchardJSON
import OrchardModels

/// `orchard classify`: texts to labels.
package struct ClassifyCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Sort texts by the labels that a classifier has learned, or give them its numbers.",
    discussion: """
      The model is a Hugging Face folder with a classification head (BertForSequenceClassification and its kin). Each \
      text gives a line with the likeliest label and its probability, then the text; with --top several labels. A \
      regression gives its number. With --json each text gives one object with text, label, score and scores.

      Models that judge pairs of texts get the second one by --pair-field.

      Examples:
        orchard classify --model DIR "A lovely film." "What a waste of time."
        orchard classify --model DIR --file reviews.csv --field review --top 3 --json
        orchard classify --model DIR --file pairs.jsonl --field premise --pair-field hypothesis
      """)

  @Option(help: ArgumentHelp("The model's folder, or OWNER/NAME on the hub.", valueName: "model"))
  var model: String

  @OptionGroup(title: "Texts")
  var source: TextsOptions

  @Option(help: "The file's field with the second text of each pair.")
  var pairField: String?

  @Option(help: "How many labels to tell of each text, the likeliest first.")
  var top = 1

  @Option(help: "Texts computed side by side; the answers do not depend on it.")
  var batchSize = 32

  @OptionGroup var engine: EngineOptions

  @OptionGroup var precision: PrecisionOptions

  @OptionGroup var format: OutputOptions

  package init() {}

  package func validate() throws {
    for (name, value) in [("top", top), ("batch-size", batchSize)] where value < 1 {
      throw ValidationError("--\(name) is \(value); it takes a number from 1.")
    }
    if pairField != nil, source.file == nil { throw ValidationError("--pair-field needs --file.") }
  }

  package func run() throws {
    let folder = try ModelPlace.folder(model)
    let texts = try texts()
    let device = try engine.start()
    let classifier = try TextClassifier(folder: folder, dtype: precision.dtype.dtype, on: device)
    Interruption.catchSignals()
    let encoded = texts.map { classifier.encode($0.text, pair: $0.pair) }
    TextsOptions.tell(cut: encoded.count(where: \.isCut), limit: classifier.tokenLimit)
    let progress = ProgressLine(total: texts.count, unit: "texts")
    let results = try classifier.classify(encoded, batchSize: batchSize) {
      progress.update($0)
      try Interruption.check("nothing was written")
    }
    progress.finish()
    // A regression's numbers have no order of likelihood: all of them are told.
    let shown = classifier.model.problem == .regression ? classifier.model.labels.count : top
    for (text, scores) in zip(texts, results) {
      if format.json {
        try Console.result(Self.json(text, scores, shown: shown))
      } else {
        let told = scores.prefix(shown).map { "\($0.label) \(String(format: "%.4f", $0.score))" }
        try Console.result(told.joined(separator: ", ") + "\t\(text.text)" + (text.pair.map { "\t\($0)" } ?? ""))
      }
    }
  }

  private func texts() throws -> [(text: String, pair: String?)] {
    guard let file = source.file, let pairField else { return try source.read().map { ($0, nil) } }
    return try TextsOptions.rows(file).map { (try $0.text(source.field), try $0.text(pairField)) }
  }

  private static func json(
    _ text: (text: String, pair: String?), _ scores: [TextClassifier.Score], shown: Int
  ) -> JSONObject {
    var object = JSONObject([("text", .string(text.text))])
    if let pair = text.pair { object["pair"] = .string(pair) }
    if let best = scores.first {
      object["label"] = .string(best.label)
      object["score"] = .number(Double(best.score))
    }
    object["scores"] = .object(JSONObject(scores.prefix(shown).map { ($0.label, .number(Double($0.score))) }))
    return object
  }
}
