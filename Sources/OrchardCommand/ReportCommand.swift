import ArgumentParser
import Foundation
import OrchardEvaluation
import OrchardJSON
import OrchardSettings
import OrchardTensors
import OrchardTraining

/// `orchard report`: one page about a run, that needs nothing else.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a page about a run: losses, scores before and after, samples.",
    discussion: """
      The page is one HTML file that needs nothing else. Scores and samples come from the folders that \
      orchard evaluate --output wrote, before the run and after it.

      Examples:
        orchard report runs/first
        orchard report runs/first --before runs/first/before --after runs/first/after --show 3
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @Option(help: ArgumentHelp("What orchard evaluate wrote before the run.", valueName: "folder"))
  var before: String?

  @Option(help: ArgumentHelp("What orchard evaluate wrote after the run.", valueName: "folder"))
  var after: String?

  @Option(help: ArgumentHelp("The page to write. (default: report.html in the run's folder)", valueName: "file"))
  var output: String?

  @Option(help: "The page's title.")
  var title = "A fine-tuning run"

  @Option(help: "How many samples the page holds.")
  var samples = 8

  @Option(help: "How many samples are shown here, too.")
  var show = 0

  @OptionGroup(title: "Scoring")
  var scoring: ScoringOptions

  @OptionGroup var format: OutputOptions

  func validate() throws {
    if before != nil, after == nil { throw ValidationError("--before needs --after to stand beside.") }
    if samples < 0 || show < 0 { throw ValidationError("--samples and --show take numbers from 0.") }
  }

  func run() throws {
    let folder = RunFolder(URL(filePath: folder))
    guard folder.isBegun else {
      throw TrainingError("\(folder.url.path): holds no run; name a folder that orchard train wrote")
    }
    let earlier = try before.map { try EvaluationFolder(URL(filePath: $0)) }
    let later = try after.map { try EvaluationFolder(URL(filePath: $0)) }
    let report = try page(folder, earlier, later)
    let place = output.map { URL(filePath: $0) } ?? folder.url.appending(path: "report.html")
    try AtomicFile.write(report.html, to: place)
    if format.json {
      return try Console.result(JSONObject([("report", .string(place.path))]))
    }
    for sample in report.samples.prefix(show) { try Console.result(text(sample)) }
    if show > 0 { for score in report.scores { try Console.result(text(score)) } }
    try Console.result("the page is \(place.path)")
  }

  private func page(_ folder: RunFolder, _ before: EvaluationFolder?, _ after: EvaluationFolder?) throws -> RunReport {
    let lines = try MetricLog.read(folder.metrics)
    let recipe = try TrainingRecipe(recipe: folder.recipe)
    var report = RunReport(title: title)
    func curve(_ name: String, _ key: String) -> RunReport.Curve {
      let points = lines.compactMap { line in
        line["step"]?.double.flatMap { step in line[key]?.double.map { (x: step, y: $0) } }
      }
      return RunReport.Curve(name: name, points: points)
    }
    let losses = [curve("training", "loss"), curve("validation", "validation_loss")].filter { !$0.points.isEmpty }
    report.charts = [
      RunReport.Chart(title: "Loss", vertical: "nats a token", curves: losses),
      RunReport.Chart(title: "Learning rate", vertical: "rate", curves: [curve("rate", "learning_rate")]),
    ]
    let steps = lines.filter { $0["loss"] != nil }
    let seconds = steps.reduce(0) { $0 + ($1["seconds"]?.double ?? 0) }
    let tokens = steps.reduce(0) { $0 + ($1["tokens"]?.int ?? 0) }
    report.highlights = [
      .init("steps", "\(steps.count)"), .init("training time", ProgressLine.duration(seconds)),
      .init("tokens a second", "\(Int(Double(tokens) / max(seconds, 1e-9)))"),
    ]
    if let best = FileManager.default.contents(atPath: folder.best.path).flatMap({ try? JSONValue(parsing: $0) }),
      let loss = best["loss"]?.double
    {
      report.highlights.append(.init("best validation loss", String(format: "%.3f", loss)))
    }
    if let after { report.setScores(before: try before?.scores(scoring), after: try after.scores(scoring)) }
    report.samples = (after?.samples(beside: before) ?? []).prefix(max(samples, show)).map { $0 }
    report.settings = facts(recipe.resolved, "")
    report.commands = [.init("ask the model", "orchard generate --model \(folder.model.path) --max-new-tokens 64")]
    report.footer = "Orchard \(Release.version)"
    return report
  }

  private func facts(_ value: JSONValue, _ path: String) -> [RunReport.Fact] {
    guard let object = value.object else {
      return value.isNull ? [] : [RunReport.Fact(path, value.string ?? value.text)]
    }
    return object.entries.flatMap { facts($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") }
  }

  private func text(_ sample: RunReport.Sample) -> String {
    let terminal = Terminal.standardOutput
    var lines = ["", sample.input, "", terminal.styled("a person: ", .bold) + sample.human]
    if let before = sample.before { lines.append(terminal.styled("before:   ", .red) + before) }
    lines.append(terminal.styled("after:    ", .green) + sample.after)
    return lines.joined(separator: "\n") + "\n"
  }

  private func text(_ score: RunReport.ScoreChange) -> String {
    let name = "\(score.measure.metric) \(score.measure.variant)"
    func number(_ value: Double) -> String { String(format: "%.3f", value) }
    var text = name + String(repeating: " ", count: max(1, 22 - name.count))
    if let before = score.before { text += "\(number(before)) -> " }
    text += number(score.after)
    if let interval = score.afterInterval { text += "  (\(number(interval.low)) to \(number(interval.high)))" }
    return text
  }
}
