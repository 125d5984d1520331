import ArgumentParser
import Foundation
import OrchardDatasets
import OrchardEvaluation
import OrchardGeneration
import OrchardJSON
import OrchardSettings
import OrchardTensors

/// A model, the rows that it is asked about, and where its answers go.
struct AskingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The model's folder, or OWNER/NAME on the hub.", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("The rows to ask about: JSONL, JSON, CSV, TSV.", valueName: "file"))
  var data: String?

  @Option(help: ArgumentHelp("The folder to write predictions.jsonl and scores.json to.", valueName: "folder"))
  var output: String?

  @OptionGroup var adapted: AdapterOptions

  @OptionGroup var form: TemplateOptions

  @Option(help: "Columns with what is wanted, with commas between. (default: the template's completion)")
  var referenceColumns: String?

  @Option(help: "How many rows to ask about, from the first. (default: all)")
  var limit: Int?

  @Option(help: "Most new tokens of an answer.")
  var maxNewTokens = 128

  @Option(help: "Beams; 1 is greedy.")
  var numBeams = 1

  @Option(help: "Rows answered side by side; the answers do not depend on it.")
  var batchSize = 16

  @OptionGroup var engine: EngineOptions

  @OptionGroup var precision: WeightOptions

  func validate() throws {
    try adapted.refuseChoice()
    if model != nil, data == nil { throw ValidationError("--model needs --data: the rows to ask about.") }
    if model == nil, data != nil { throw ValidationError("--data needs --model: who is asked about the rows.") }
    for (name, value) in [("max-new-tokens", maxNewTokens), ("num-beams", numBeams), ("batch-size", batchSize)]
    where value < 1 {
      throw ValidationError("--\(name) is \(value); it takes a number from 1.")
    }
    if let limit, limit < 1 { throw ValidationError("--limit is \(limit); it takes a number from 1.") }
  }

  /// Asks, scores, writes and shows.
  ///
  /// - Throws: An error that names file and line where something is wrong with model or data.
  func run(_ scoring: ScoringOptions, json: Bool) throws {
    let folder = try ModelPlace.folder(model ?? "")
    let prompt = try promptSettings(adapted.templatePlace(folder), seed: scoring.seed)
    var source = DatasetSettings(file: data ?? "")
    source.limit = limit
    let dataset = try Dataset(source)
    let device = try engine.start()
    let generator = try adapted.generator(folder, precision.dtype.format, on: device)
    var settings = GenerationSettings()
    settings.maxNewTokens = maxNewTokens
    settings.beams = numBeams
    let columns = referenceColumns?.split(separator: ",").map(String.init) ?? []
    let progress = ProgressLine(total: dataset.count, unit: "answers")
    let answers = try ModelAnswers(
      of: generator, on: dataset, prompt: prompt, columns: columns, settings: settings, batchSize: batchSize
    ) { done in progress.update(done) }
    progress.finish()
    let report = try scoring.report(on: answers.predictions())
    if let output { try write(answers, report, to: URL(filePath: output)) }
    try Console.result(json ? description(answers, report).text : report.table)
  }

  private func promptSettings(_ folder: URL, seed: Int) throws -> PromptSettings {
    let prompt = try form.settings(model: folder, seed: seed) ?? PromptSettings()
    try TemplateStamp.check(prompt.composer().template, for: folder, forced: form.forceTemplate)
    return prompt
  }

  private func write(_ answers: ModelAnswers, _ report: ScoreReport, to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try AtomicFile.write(
      answers.answers.map { $0.json.text + "\n" }.joined(), to: folder.appending(path: "predictions.jsonl"))
    try AtomicFile.write(
      description(answers, report).prettyText + "\n", to: folder.appending(path: "scores.json"))
  }

  private func description(_ answers: ModelAnswers, _ report: ScoreReport) -> JSONValue {
    var object = JSONObject([
      ("model", .string(model ?? "")), ("data", .string(data ?? "")),
      ("template", .string(answers.template)), ("template_hash", .string(answers.templateHash)),
      ("shots", .integer(form.shots)), ("generation", answers.settings.resolved),
      (
        "finish_reasons",
        .object(JSONObject(answers.finishReasons.map { ($0.reason.rawValue, .integer($0.count)) }))
      ),
    ])
    for (key, value) in report.json.object?.entries ?? [] { object[key] = value }
    return .object(object)
  }
}
