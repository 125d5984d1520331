import ArgumentParser
import Foundation
import OrchardJSON
import OrchardReports
import OrchardTensors
import OrchardTraining

/// `orchard runs compare`: what differs between runs, and what came of it.
struct RunsCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare runs: the settings that differ, and what came of them.",
    discussion: """
      From 2 to 6 runs. --output writes a page with their curves in the same pictures.

      Examples:
        orchard runs compare work/run work/other
        orchard runs compare work/a work/b work/c --output comparison.html
      """)

  @Argument(help: ArgumentHelp("The runs' folders.", valueName: "run"))
  var folders: [String]

  @Option(help: ArgumentHelp("A page to write.", valueName: "file"))
  var output: String?

  @OptionGroup var format: OutputOptions

  func validate() throws {
    if !(2...RunComparison.limit).contains(folders.count) {
      throw ValidationError("name from 2 to \(RunComparison.limit) runs; here are \(folders.count).")
    }
  }

  func run() throws {
    let comparison = try RunComparison(folders.map { try RunHistory(URL(filePath: $0)) })
    if let output { try AtomicFile.write(comparison.page.html, to: URL(filePath: output)) }
    if format.json { return try Console.result(comparison.json) }
    try Console.result(comparison.outcomeTable.text + "\n")
    let differences = comparison.differenceTable
    try Console.result(differences.rows.isEmpty ? "the recipes are the same" : differences.text)
    for warning in comparison.warnings { Console.warn(warning) }
    if let output { try Console.result("\nthe page is \(output)") }
  }
}
