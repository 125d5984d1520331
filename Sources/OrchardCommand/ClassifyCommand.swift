import ArgumentParser
import Foundation
import OrchardDatasets
import OrchardEncoders
import OrchardEvaluation
import OrchardJSON
import OrchardModels
import OrchardReports
import OrchardTensors
import OrchardTraining

/// `orchard classify`: texts to labels.
package struct ClassifyCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Sort texts by the labels that a classifier has learned, or give them its numbers.",
    discussion: """
      The model is a Hugging Face folder with a classification head (BertForSequenceClassification, \
      LlamaForSequenceClassification and their kin), or what method: classify has trained: a run's folder, a model's or \
      an adapter's. Each text gives a line with the likeliest label and its probability, then the text; with --top several labels. A \
      regression gives its number. With --json each text gives one object with text, label, score and scores.

      Models that judge pairs of texts get the second one by --pair-field. Where rows have labels (--label-field), they \
      are compared with them instead: accuracy with an interval from a bootstrap, macro F1, precision and recall of each \
      label, which labels were mistaken for which, and calibration.

      Examples:
        orchard classify --model DIR "A lovely film." "What a waste of time."
        orchard classify --model DIR --file reviews.csv --field review --top 3 --json
        orchard classify --model DIR --file pairs.jsonl --field premise --pair-field hypothesis
        orchard classify --model runs/classifier --file held-out.csv --field tweet --label-field class
      """)

  @Option(help: ArgumentHelp("The model's folder, or OWNER/NAME on the hub.", valueName: "model"))
  var model: String

  @OptionGroup(title: "Texts")
  var source: TextsOptions

  @Option(help: "The file's field with the second text of each pair.")
  var pairField: String?

  @Option(help: "The file's field with the label that a text has: tells how often the classifier agrees.")
  var labelField: String?

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
    for (name, field) in [("pair", pairField), ("label", labelField)] where field != nil && source.file == nil {
      throw ValidationError("--\(name)-field needs --file.")
    }
  }

  package func run() throws {
    let places = try AdapterOptions.places(try ModelPlace.folder(model))
    let texts = try texts()
    let device = try engine.start()
    let trained = try TrainedClassifier(
      folder: places.adapter ?? places.model, base: places.adapter == nil ? nil : places.model,
      dtype: precision.dtype.dtype, on: device)
    let classifier = TextClassifier(trained.model, trained.tokenizer)
    let wanted = try labels(of: classifier)
    Interruption.catchSignals()
    let encoded = texts.map { classifier.encode($0.text, pair: $0.pair) }
    TextsOptions.tell(cut: encoded.count(where: \.isCut), limit: classifier.tokenLimit)
    let progress = ProgressLine(total: texts.count, unit: "texts")
    let results = try classifier.classify(encoded, batchSize: batchSize) {
      progress.update($0)
      try Interruption.check("nothing was written")
    }
    progress.finish()
    if let wanted {
      let agreement = LabelAgreement(
        results.map { Self.inOrder($0, classifier.model.labels) }, wanted: wanted, labels: classifier.model.labels)
      return try Console.result(format.json ? agreement.json.text : Self.text(agreement))
    }
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

  /// The numbers of the labels that the texts have, where they were asked for.
  private func labels(of classifier: TextClassifier) throws -> [Int]? {
    guard let labelField, let file = source.file else { return nil }
    guard classifier.model.problem == .singleLabel else {
      throw ValidationError(
        "--label-field compares labels of which one is right, and this model is of another kind "
          + "(\(classifier.model.problem.rawValue)).")
    }
    let reader = LabelReader(labels: classifier.model.labels, column: labelField)
    return try TextsOptions.rows(file).map { try reader.label(of: $0) }
  }

  private static func inOrder(_ scores: [TextClassifier.Score], _ labels: [String]) -> [Double] {
    labels.map { label in scores.first { $0.label == label }.map { Double($0.score) } ?? 0 }
  }

  private static func text(_ found: LabelAgreement) -> String {
    func percent(_ share: Double) -> String { String(format: "%.1f", 100 * share) }
    let labels = ReportTable(
      head: ["label", "precision", "recall", "F1", "texts"],
      rows: found.labels.map {
        [$0.name, percent($0.precision), percent($0.recall), percent($0.f1), "\($0.support)"]
      }, numeric: [1, 2, 3, 4])
    let names = found.labels.map(\.name)
    let confusion = ReportTable(
      head: ["has, and was given"] + names,
      rows: zip(names, found.confusion).map { name, row in [name] + row.map { "\($0)" } },
      numeric: Set(1...max(1, names.count)))
    return [
      "accuracy \(percent(found.accuracy)) % [\(percent(found.interval.low)), \(percent(found.interval.high))], macro F1 "
        + "\(percent(found.macroF1)) %, calibration error \(percent(found.calibration.error)) %, \(found.count) texts",
      "", labels.text, "", confusion.text, "", found.calibration.table(unit: "texts").text,
    ].joined(separator: "\n")
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
