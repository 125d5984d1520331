import Foundation
import OrchardEvaluation
import OrchardJSON
import OrchardReports

extension ReportSection {
  /// The tasks of a mixture: how often each is drawn, and its losses over the run.
  static func tasks(_ history: RunHistory) -> ReportSection {
    guard let tasks = history.about?.json["tasks"]?.array, !tasks.isEmpty else { return ReportSection("Tasks", []) }
    let drawn = tasks.reduce(0) { $0 + ($1["drawn"]?.int ?? 0) }
    let rows = tasks.map { task -> [String] in
      let name = task["name"]?.string ?? ""
      let last = history.evaluations.last?["task_losses"]?[name]?.double
      let count = task["drawn"]?.int ?? 0
      return [
        name, Readable.count(task["examples"]?.int ?? 0), Readable.count(count), Readable.share(count, of: drawn),
        last.map(Readable.loss) ?? "–",
      ]
    }
    let table = ReportTable(
      head: ["task", "examples", "drawn an epoch", "share", "validation loss"], rows: rows, numeric: [1, 2, 3, 4],
      notes: [])
    let names = tasks.compactMap { $0["name"]?.string }
    let charts = [
      ("Training loss of each task", "training_losses", history.steps),
      ("Validation loss of each task", "task_losses", history.evaluations),
    ].compactMap { title, key, lines -> CurveChart? in
      let curves = names.compactMap { curve($0, key, lines) }
      return curves.isEmpty ? nil : CurveChart(title: title, vertical: history.unit, curves: curves)
    }
    return .curves("Tasks", charts).followed(by: .table("", table))
  }

  private static func curve(_ task: String, _ key: String, _ lines: [JSONValue]) -> Curve? {
    let points = lines.compactMap { line -> (x: Double, y: Double)? in
      guard let step = line["step"]?.double, let loss = line[key]?[task]?.double else { return nil }
      return (step, loss)
    }
    return points.isEmpty ? nil : Curve(name: task, points: points)
  }

  /// What was learned and what was forgotten: held-out tasks before and after, with paired intervals.
  static func heldOut(_ history: RunHistory) -> ReportSection {
    let title = "Learned and forgotten"
    let reports = history.heldOut
    guard let last = reports.last else { return ReportSection(title, []) }
    let names = last.tasks.map(\.name)
    let curves = names.map { name in
      Curve(
        name: name,
        points: reports.compactMap { report in
          report.tasks.first { $0.name == name }.map { (x: Double(report.step), y: $0.loss) }
        })
    }
    let chart = CurveChart(title: "Loss of held-out tasks", vertical: "nats a token", curves: curves)
    let count = last.tasks.map { "\($0.name): \(Readable.count($0.losses.count)) rows" }.joined(separator: "; ")
    var notes = [
      "95 % intervals from 1000 paired bootstrap resamples of the rows; one that holds zero is no clear change",
      count,
    ]
    let changes = history.changes
    if changes.contains(where: { $0.verdict == .worse }) {
      notes.append(
        "against forgetting: mix old data in (tasks), train an adapter beside the weights (adapter: lora), or stay near "
          + "the original (regularize)")
    }
    var table = TaskChange.table(changes)
    table.notes = notes
    return .curves(title, [chart]).followed(by: .table("", table))
  }
}

extension TaskChange {
  /// Changes of held-out tasks as a table.
  public static func table(_ changes: [TaskChange]) -> ReportTable {
    func number(_ value: Double) -> String { String(format: "%.4f", value) }
    func signed(_ value: Double) -> String { String(format: "%+.4f", value) }
    let rows = changes.map { change in
      [
        change.task, change.measure, number(change.before), number(change.after),
        "\(signed(change.after - change.before)) [\(signed(change.difference.low)), \(signed(change.difference.high))]",
        change.verdict.rawValue,
      ]
    }
    return ReportTable(
      head: ["task", "measure", "before", "after", "change, 95 % interval", ""], rows: rows, numeric: [2, 3, 4])
  }
}
