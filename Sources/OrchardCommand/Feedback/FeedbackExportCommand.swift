import ArgumentParser
import Foundation
import OrchardFeedback
import OrchardJSON
import OrchardTensors

/// `orchard feedback export`: what people have found, as rows to train on.
struct FeedbackExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write what people have found as rows that orchard train reads.",
    discussion: """
      rankings has a row an item, with answers and ranks, whose K·(K−1)/2 pairs stay together in a batch; pairs has a row \
      for each of them (chosen, rejected); labels has one for each answer that is good or bad (completion, label), where \
      “none is acceptable” makes all of an item's bad; corrections has the corrected texts (completion). Where several \
      have judged an item, the ranks are averaged and the majority of thumbs counts. Rows have the fields of their \
      prompt's row, so the same template makes the prompt.

      Examples:
        orchard feedback export feedback.sqlite --output preferences.jsonl
        orchard feedback export feedback.sqlite --form labels --criterion harmlessness --each-rater
      """)

  @OptionGroup var place: FeedbackPlace

  @Option(help: "The form of the rows: \(FeedbackExport.Form.allCases.map(\.rawValue).joined(separator: ", ")).")
  var form = FeedbackExport.Form.rankings

  @Option(help: ArgumentHelp("The question whose answers are wanted. (default: all)", valueName: "name"))
  var criterion: String?

  @Flag(help: "Give each judgement rows of its own, with the rater's name and the question's.")
  var eachRater = false

  @Option(help: ArgumentHelp("The JSONL file to write. (default: standard output)", valueName: "file"))
  var output: String?

  func run() throws {
    let rows = try FeedbackExport(try FeedbackStore(place.url), question: criterion)
      .rows(form, eachRater: eachRater)
    guard !rows.isEmpty else {
      throw FeedbackError("\(place.file): there is nothing yet that --form \(form.rawValue) could tell")
    }
    let text = rows.map { JSONValue.object($0).text + "\n" }.joined()
    guard let output else { return try Console.stream(text) }
    try AtomicFile.write(text, to: URL(filePath: output))
    Console.note("\(rows.count) rows are in \(output)")
  }
}

extension FeedbackExport.Form: ExpressibleByArgument {}
