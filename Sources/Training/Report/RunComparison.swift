import Foundation
import OrchardJSON
import OrchardReports
import OrchardTensors

/// Several runs side by side: what differs in their recipes, and what came of them.
public struct RunComparison {
  /// How many runs can be told apart on one picture.
  public static let limit = 6

  /// The runs.
  public let runs: [RunHistory]
  /// Their names: those of the folders, with as much of the path as tells them apart.
  public let names: [String]

  /// A comparison of two to six runs.
  ///
  /// - Throws: `TrainingError` where there are fewer or more.
  public init(_ runs: [RunHistory]) throws {
    guard (2...Self.limit).contains(runs.count) else {
      throw TrainingError("a comparison takes from 2 to \(Self.limit) runs; \(runs.count) were named")
    }
    self.runs = runs
    let paths = runs.map { $0.folder.url.standardizedFileURL.pathComponents }
    let longest = paths.map(\.count).max() ?? 1
    let parts = (1...longest).first { count in
      Set(paths.map { $0.suffix(count).joined(separator: "/") }).count == paths.count
    }
    names = paths.map { $0.suffix(parts ?? longest).joined(separator: "/") }
  }

  /// The keys whose values differ between recipes, with each run's value; where a run is written is left out.
  public var differences: [(key: String, values: [String?])] {
    let facts = runs.map { run in Readable.facts(run.recipe) }
    var keys: [String] = []
    for fact in facts.joined() where fact.name != "output" && !keys.contains(fact.name) { keys.append(fact.name) }
    return keys.compactMap { key in
      let values = facts.map { facts in facts.first { $0.name == key }?.value }
      return Set(values).count > 1 ? (key, values) : nil
    }
  }

  /// What differs in the recipes, as a table.
  public var differenceTable: ReportTable {
    ReportTable(head: ["setting"] + names, rows: differences.map { [$0.key] + $0.values.map { $0 ?? "–" } })
  }

  /// What came of the runs, as a table; what no run tells is left out.
  public var outcomeTable: ReportTable {
    let rows = RunHistory.measures.compactMap { measure -> [String]? in
      let values = runs.map(measure.value)
      return values.contains { $0 != nil } ? [measure.name] + values.map { $0 ?? "–" } : nil
    }
    return ReportTable(head: ["outcome"] + names, rows: rows, numeric: Set(1...runs.count))
  }

  /// What makes the numbers hard to compare.
  public var warnings: [String] {
    func differs(_ part: String) -> Bool {
      Set(runs.compactMap { $0.about?.json[part]?["hash"]?.string }).count > 1
    }
    func validation(_ run: RunHistory) -> [String?] {
      [run.about?.json["validation"]?["files"]?.text, run.recipe["watch"]?["validation"]?["limit"]?.text]
    }
    var warnings: [String] = []
    if differs("data") { warnings.append("the training data differ") }
    if Set(runs.map(validation)).count > 1 {
      warnings.append("the validation data differ: validation losses cannot be compared")
    }
    if differs("template") { warnings.append("the prompt templates differ") }
    return warnings
  }

  /// The comparison for programs.
  public var json: JSONObject {
    JSONObject([
      (
        "runs",
        .array(
          zip(names, runs).map { name, run in
            var outcome = run.outcome
            outcome["name"] = .string(name)
            return .object(outcome)
          })
      ),
      (
        "differences",
        .object(
          JSONObject(
            differences.map { difference in
              (difference.key, .array(difference.values.map { $0.map(JSONValue.string) ?? .null }))
            }))
      ),
      ("warnings", .array(warnings.map(JSONValue.string))),
    ])
  }

  /// The comparison as a page.
  public var page: ReportPage {
    var page = ReportPage(title: names.joined(separator: " · "))
    page.summary = warnings.isEmpty ? "" : "Mind that \(warnings.joined(separator: "; "))."
    func chart(_ title: String, _ key: String, _ unit: String) -> CurveChart {
      CurveChart(
        title: title, vertical: unit,
        curves: zip(names, runs).map { $1.curve($0, key) }.filter { !$0.points.isEmpty })
    }
    page.sections = [
      .table("Outcome", outcomeTable),
      .curves(
        "Learning",
        [
          chart("Validation loss", "validation_loss", "nats a token"), chart("Training loss", "loss", "nats a token"),
          chart("Learning rate", "learning_rate", "rate"),
        ]),
      .table("Settings that differ", differenceTable),
    ]
    page.footer = "Written by Orchard \(Release.version) on \(Readable.moment(Date().timeIntervalSince1970))."
    return page
  }
}
