import ArgumentParser
import Foundation
import OrchardEvaluation
import OrchardJSON
import OrchardReports
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

  @Option(help: "The page's title. (default: the run's name)")
  var title: String?

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
    var page = try RunPage(RunFolder(URL(filePath: folder)), title: title)
    let earlier = try before.map { try EvaluationFolder(URL(filePath: $0)) }
    let later = try after.map { try EvaluationFolder(URL(filePath: $0)) }
    let changes = try later.map { later in
      ScoreChanges(before: try earlier?.scores(scoring), after: try later.scores(scoring))
    }
    let examples = (later?.samples(beside: earlier) ?? []).prefix(max(samples, show))
    page.insert(.samples("Examples", examples.prefix(samples).map { $0 }))
    if let changes { page.insert(.scores("Scores", changes)) }
    let place = output.map { URL(filePath: $0) } ?? page.history.folder.report
    try page.write(to: place)
    if format.json {
      return try Console.result(JSONObject([("report", .string(place.path))]))
    }
    for sample in examples.prefix(show) { try Console.result(text(sample)) }
    if show > 0 { for score in changes?.scores ?? [] { try Console.result(text(score)) } }
    try Console.result("the page is \(place.path)")
  }

  private func text(_ sample: AnsweredSample) -> String {
    let terminal = Terminal.standardOutput
    let colors: [AnsweredSample.Voice: Terminal.Style] = [.human: .bold, .before: .red, .after: .green]
    let lines = sample.answers.map { answer in
      let name = (answer.name + ":").padding(toLength: 10, withPad: " ", startingAt: 0)
      return terminal.styled(name, colors[answer.voice] ?? .bold) + answer.text
    }
    return (["", sample.input, ""] + lines).joined(separator: "\n") + "\n"
  }

  private func text(_ score: ScoreChange) -> String {
    let name = "\(score.measure.metric) \(score.measure.variant)"
    func number(_ value: Double) -> String { String(format: "%.3f", value) }
    var text = name + String(repeating: " ", count: max(1, 22 - name.count))
    if let before = score.before { text += "\(number(before)) -> " }
    text += number(score.after)
    if let interval = score.afterInterval { text += "  (\(number(interval.low)) to \(number(interval.high)))" }
    return text
  }
}
