import ArgumentParser
import Foundation
import OrchardJSON
import OrchardReports
import OrchardTraining

/// `orchard runs show`: one run on the terminal.
struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one run: how it stands, its curves in small, its last answers.",
    discussion: """
      The folder's report.html shows the same and more. With --json: one object with the outcome, the recipe as \
      resolved, what is known of model, data and machine, and the evaluations.

      Examples:
        orchard runs show work/run
        orchard runs show work/run --json
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @OptionGroup var format: OutputOptions

  func run() throws {
    let run = try RunHistory(URL(filePath: folder))
    if format.json {
      var object = run.outcome
      object["recipe"] = run.recipe
      object["about"] = run.about.map { .object($0.json) } ?? .null
      object["evaluations"] = .array(run.evaluations)
      return try Console.result(object)
    }
    try Console.result(text(run, Terminal.standardOutput))
  }

  private func text(_ run: RunHistory, _ terminal: Terminal) -> String {
    let page = RunPage(run).page
    var lines = [terminal.styled(page.title, .bold), page.summary, ""]
    func add(_ facts: [ReportFact]) {
      let width = (facts.map(\.name.count).max() ?? 0) + 2
      for fact in facts { lines.append(fact.name.padding(toLength: width, withPad: " ", startingAt: 0) + fact.value) }
    }
    add(page.highlights)
    let curves = [
      run.curve("training loss", "loss"), run.curve("validation loss", "validation_loss"),
      run.curve("gradient norm", "gradient_norm"), run.curve("learning rate", "learning_rate"),
    ].filter { $0.points.count > 1 }
    if !curves.isEmpty { lines.append("") }
    for curve in curves {
      lines.append(curve.name.padding(toLength: 18, withPad: " ", startingAt: 0) + Sparkline.text(curve, width: 48))
    }
    let changes = TaskChange.table(run.changes)
    if !changes.rows.isEmpty { lines += ["", terminal.styled("learned and forgotten", .bold), changes.text] }
    if let sample = run.samples.last?["samples"]?.array?.first {
      lines += ["", terminal.styled("prompt  ", .bold) + (sample["prompt"]?.string ?? "")]
      lines.append(terminal.styled("wanted  ", .bold) + (sample["reference"]?.string ?? ""))
      lines.append(terminal.styled("answer  ", .bold) + (sample["answer"]?.string ?? ""))
    }
    if FileManager.default.fileExists(atPath: run.folder.report.path) {
      lines += ["", "the page is \(run.folder.report.relativePath)"]
    }
    return lines.joined(separator: "\n")
  }
}
