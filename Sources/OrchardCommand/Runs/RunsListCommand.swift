import ArgumentParser
import Foundation
import OrchardReports
import OrchardTraining

/// `orchard runs list`: the runs below some folders.
struct RunsListCommand: ParsableCommand {
  /// By what runs are put in order.
  enum Order: String, CaseIterable, ExpressibleByArgument {
    case begun, name, validation, loss, time
  }

  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the runs below some folders, with what came of them.",
    discussion: """
      Validation is the lowest validation loss, loss the training loss at the end. A run is lost where its process \
      went away without a word; it can be resumed like one that was stopped.

      Examples:
        orchard runs list
        orchard runs list work --by validation
        orchard runs list work --json
      """)

  @Argument(help: ArgumentHelp("Folders to look into. (default: runs)", valueName: "folder"))
  var folders: [String] = []

  @Option(help: "The order: begun, name, validation, loss or time, the lowest first.")
  var by = Order.begun

  @OptionGroup var format: OutputOptions

  func run() throws {
    let places = folders.isEmpty ? ["runs"] : folders
    for place in places where !FileManager.default.fileExists(atPath: place) {
      throw TrainingError("\(place): there is no such folder; name one that orchard train wrote into")
    }
    var runs: [RunHistory] = []
    for folder in places.flatMap({ RunHistory.folders(below: URL(filePath: $0)) }) {
      do {
        runs.append(try RunHistory(folder))
      } catch {
        Console.warn("\(folder.relativePath): cannot be read as a run: \(error)")
      }
    }
    runs = runs.enumerated().sorted { left, right in
      let (a, b) = (key(left.element), key(right.element))
      return a == b ? left.offset < right.offset : a < b
    }.map(\.element)
    if by == .name { runs.sort { $0.folder.url.path < $1.folder.url.path } }
    if format.json {
      for run in runs { try Console.result(run.outcome) }
      return
    }
    guard !runs.isEmpty else {
      return Console.note("no runs in \(places.joined(separator: ", ")) or below")
    }
    let table = ReportTable(
      head: ["run", "status", "steps", "loss", "validation", "time", "tokens/s", "memory", "begun"],
      rows: runs.map(row), numeric: [2, 3, 4, 5, 6, 7])
    try Console.result(table.text)
  }

  private func key(_ run: RunHistory) -> Double {
    switch by {
    case .begun, .name: run.about?.begun ?? 0
    case .validation: run.best?.loss ?? .infinity
    case .loss: run.lastLoss ?? .infinity
    case .time: run.about?.seconds ?? run.stepSeconds
    }
  }

  private func row(_ run: RunHistory) -> [String] {
    let total = run.about?.totalSteps
    let steps = total.map { run.step == $0 ? "\($0)" : "\(run.step)/\($0)" } ?? "\(run.step)"
    return [
      run.folder.url.relativePath, run.status.rawValue, steps, run.lastLoss.map(Readable.loss) ?? "–",
      run.best.map { Readable.loss($0.loss) } ?? "–", Readable.duration(run.about?.seconds ?? run.stepSeconds),
      run.tokensPerSecond.map { Readable.count(Int($0.rounded())) } ?? "–",
      run.about?.peakMemory.map(Readable.bytes) ?? "–", run.about?.begun.map(Readable.moment) ?? "–",
    ]
  }
}
