import ArgumentParser
import Foundation
import OrchardAdapters
import OrchardJSON
import OrchardReports
import OrchardTensors

/// `orchard adapter inspect`: what an adapter's folder holds.
struct AdapterInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Tell an adapter's kind, its model, and what it has learned for each layer.",
    discussion: """
      Reads the folder alone: the model is not needed.

      Examples:
        orchard adapter inspect runs/first/adapter
        orchard adapter inspect DIR --json
      """)

  @Argument(help: ArgumentHelp("The adapter's folder.", valueName: "adapter"))
  var folder: String

  @OptionGroup var format: OutputOptions

  func run() throws {
    let folder = URL(filePath: folder)
    let configuration = try AdapterConfiguration(folder: folder)
    let file = try AdapterFolder.weights(in: folder)
    let tensors = file.names.compactMap { name in file.entries[name].map { (name: name, entry: $0) } }
    let count = tensors.reduce(0) { $0 + $1.entry.shape.reduce(1, *) }
    if format.json {
      var object = configuration.json
      object["parameters"] = .integer(count)
      object["base_digest"] = file.metadata[BaseDigest.key].map { .string($0) } ?? .null
      object["tensors"] = .object(
        JSONObject(tensors.map { ($0.name, .array($0.entry.shape.map { .integer($0) })) }))
      return try Console.result(JSONValue.object(object).text)
    }
    func told(_ key: String) -> String { configuration.json[key].map { $0.string ?? $0.text } ?? "not told" }
    var facts = [("kind", told("peft_type")), ("model", told("base_model_name_or_path"))]
    for key in ["r", "lora_alpha", "use_rslora", "use_dora", "target_modules", "feedforward_modules"] {
      if let value = configuration.json[key], !value.isNull { facts.append((key, value.string ?? value.text)) }
    }
    facts.append(("numbers", "\(count) in \(tensors.count) tensors"))
    let width = facts.map(\.0.count).max() ?? 0
    try Console.result(
      facts.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n") + "\n"
    )
    let rows = tensors.map { entry in
      [
        entry.name.replacingOccurrences(of: "base_model.model.", with: ""),
        entry.entry.shape.map(String.init).joined(separator: " × "), entry.entry.dtype.name,
      ]
    }
    try Console.result(ReportTable(head: ["weight", "shape", "type"], rows: rows, numeric: [1]).text)
  }
}
