import ArgumentParser
import Foundation
import OrchardDatasets
import OrchardJSON

/// `orchard dialogues`: a data set to learn summarising from, made by the project itself.
struct DialoguesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dialogues",
    abstract: "Write a data set of dialogues with summaries.",
    discussion: """
      Writes training.jsonl and held-out.jsonl, one object a line with the keys id, topic, dialogue and summary. \
      The same seed writes the same bytes. No sentence of the held-out part stands in the training part.

      Examples:
        orchard dialogues --output runs/dialogues
        orchard dialogues --output runs/dialogues --training 10000 --held-out 500 --seed 7
      """)

  @Option(help: "The folder to write to; made where it is missing.")
  var output: String

  @Option(help: "Dialogues to train on.")
  var training = 3000

  @Option(help: "Dialogues kept for evaluation.")
  var heldOut = 200

  @Option(help: "Where random numbers start: the same seed gives the same data.")
  var seed: UInt64 = 1

  @OptionGroup var format: OutputOptions

  func validate() throws {
    for (name, count) in [("training", training), ("held-out", heldOut)] where !(1...1_000_000).contains(count) {
      throw ValidationError("--\(name) is \(count); it takes a number from 1 to 1000000.")
    }
  }

  func run() throws {
    let folder = URL(filePath: output)
    let data = DialogueGenerator(seed: seed).dataset(training: training, heldOut: heldOut)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try write(data.training, to: folder.appending(path: "training.jsonl"))
      try write(data.heldOut, to: folder.appending(path: "held-out.jsonl"))
    } catch {
      throw DataError(file: output, problem: "the data cannot be written there: \(error.localizedDescription)")
    }
  }

  private func write(_ dialogues: [Dialogue], to file: URL) throws {
    let lines = dialogues.map { $0.json.text + "\n" }.joined()
    try Data(lines.utf8).write(to: file, options: .atomic)
    if format.json {
      try Console.result(JSONObject([("file", .string(file.path)), ("dialogues", .integer(dialogues.count))]))
    } else {
      try Console.result("\(file.path): \(dialogues.count) dialogues")
    }
  }
}
