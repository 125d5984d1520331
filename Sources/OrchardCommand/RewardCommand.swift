import ArgumentParser
import Foundation
import OrchardAlignment
import OrchardDatasets
import OrchardEvaluation
import OrchardJSON
import OrchardModels
import OrchardReports
import OrchardTensors
import OrchardTokenizers

/// `orchard reward`: the scores that a reward model gives to answers.
struct RewardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reward",
    abstract: "Score answers by a reward model, and tell how often it agrees with what people preferred.",
    discussion: """
      The model is what method: reward has trained: a run's folder, a model's or an adapter's. Rows with one answer \
      (prompt, completion) each give a line with its score. Rows with several (chosen and rejected, or answers with \
      ranks) give in the end how often the better answer has the higher score, with an interval from a bootstrap over \
      prompts, the mean difference, and how well the differences are calibrated. With --json each answer gives one \
      object, and pairs one more in the end.

      Only differences between answers to one prompt mean anything, unless the model was trained with centring.

      Examples:
        orchard reward --model runs/reward --file held-out.jsonl
        orchard reward --model runs/reward --file answers.jsonl --column prompt=question --column completion=reply --json
      """)

  @Option(help: ArgumentHelp("The folder of a run, a model or an adapter.", valueName: "model"))
  var model: String

  @Option(help: ArgumentHelp("The rows: JSONL, JSON, CSV or TSV.", valueName: "file"))
  var file: String

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A column for a placeholder of the template that the model was trained with: prompt=question.",
      valueName: "placeholder=column"))
  var column: [String] = []

  @Option(help: "The field with the conversation before the answer, rendered by the model's chat template.")
  var messagesField: String?

  @Option(help: "How many rows to score, from the first. (default: all)")
  var limit: Int?

  @Option(help: "Answers computed side by side; the scores do not depend on it.")
  var batchSize = 16

  @OptionGroup var engine: EngineOptions

  @OptionGroup var precision: PrecisionOptions

  @OptionGroup var format: OutputOptions

  func validate() throws {
    for (name, value) in [("limit", limit ?? 1), ("batch-size", batchSize)] where value < 1 {
      throw ValidationError("--\(name) is \(value); it takes a number from 1.")
    }
    try PlaceholderPairs.check(column)
  }

  func run() throws {
    let places = try AdapterOptions.places(try ModelPlace.folder(model))
    var settings = DatasetSettings(file: file)
    settings.limit = limit
    let rows = try Dataset(settings)
    let device = try engine.start()
    let reward = try RewardModel(
      folder: places.adapter ?? places.model, base: places.adapter == nil ? nil : places.model,
      dtype: precision.dtype.dtype, on: device)
    Interruption.catchSignals()
    let data = try rendered(rows, reward)
    let progress = ProgressLine(total: data.examples.count, unit: "answers")
    let scores = try reward.scores(data.examples, batchSize: batchSize) {
      progress.update($0)
      try Interruption.check("nothing was written")
    }
    progress.finish()
    let accuracy = PreferenceAccuracy(scores, of: data)
    if format.json || accuracy == nil {
      for (example, score) in zip(data.examples, scores) { try tell(example, score, reward) }
    }
    guard let accuracy else { return }
    try Console.result(format.json ? accuracy.json.text : Self.text(accuracy, data.report))
  }

  private func rendered(_ rows: Dataset, _ reward: RewardModel) throws -> RenderedDataset {
    let preferences = PreferenceSettings()
    let first = try rows.row(0)
    let isCompared = [preferences.chosen, preferences.rejected, preferences.answers].contains { first.value($0) != nil }
    var prompt = PromptSettings()
    prompt.messages = messagesField
    prompt.columns = PlaceholderPairs.read(column)
    let composer = try prompt.composer(reward.template)
    return try RenderedDataset(
      rows, ways: [PromptWay(composer: composer, worked: WorkedExamples(composer: composer))], seed: 0,
      renderer: reward.renderer,
      answers: isCompared ? PreferenceReader(preferences, comparesAnswers: true) : nil)
  }

  private func tell(_ example: RenderedExample, _ score: Double, _ reward: RewardModel) throws {
    // A text encoder reads prompt and answer as one.
    let read = example.target.isEmpty ? example.source : Array(example.target[example.supervised])
    let answer = reward.tokenizer.decode(read.map(Int.init), skipSpecialTokens: true)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    if format.json {
      try Console.result(
        JSONObject([("row", .integer(example.row)), ("answer", .string(answer)), ("score", .number(score))]))
    } else {
      try Console.result("\(String(format: "%.4f", score))\t\(answer)")
    }
  }

  private static func text(_ accuracy: PreferenceAccuracy, _ report: RenderingReport) -> String {
    func percent(_ share: Double) -> String { String(format: "%.1f", 100 * share) }
    return
      ([
        report.preferences?.text ?? "",
        "accuracy \(percent(accuracy.accuracy)) % [\(percent(accuracy.interval.low)), \(percent(accuracy.interval.high))]",
        String(format: "mean margin %.3f", accuracy.margin),
        "calibration error \(percent(accuracy.calibration.error)) %",
        "", accuracy.calibration.table(unit: "pairs").text,
      ]).joined(separator: "\n")
  }
}
