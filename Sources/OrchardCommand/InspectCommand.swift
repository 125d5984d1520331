import ArgumentParser
import Foundation
import OrchardJSON
import OrchardModels
import OrchardTensors

/// `orchard inspect`: what a model's folder holds.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a model is: its parts, sizes, and what it can be used for.",
    discussion: """
      Read from config.json and the headers of the weights: nothing is loaded, however large the model is. An \
      architecture that Orchard cannot run is shown as far as its files tell.

      Examples:
        orchard inspect runs/summary
        orchard inspect google/flan-t5-base
        orchard inspect runs/summary --json
      """)

  @Argument(help: ArgumentHelp("The model's folder, or OWNER/NAME on the hub.", valueName: "model"))
  var model: String

  @OptionGroup var format: OutputOptions

  func run() throws {
    let summary = try ModelSummary(ModelPlace.folder(model))
    if format.json {
      try Console.result(summary.json)
    } else {
      try Console.result(summary.text(for: .standardOutput))
    }
  }
}

extension ModelSummary {
  /// For programs: one object.
  package var json: JSONObject {
    func number(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
    let parts = Part.allCases.compactMap { part in parameters[part].map { (part.rawValue, JSONValue.integer($0)) } }
    return JSONObject([
      ("folder", .string(folder.path)), ("architecture", .string(architecture)),
      ("class", className.map { .string($0) } ?? .null), ("kind", kind.map { .string($0) } ?? .null),
      ("parameters", .integer(parameterCount)), ("parts", .object(JSONObject(parts))),
      ("bytes_by_type", .object(JSONObject(bytes.map { ($0.dtype.name, .integer($0.bytes)) }))),
      ("files", .integer(fileCount)), ("context", number(contextLength)), ("vocabulary", number(vocabularySize)),
      ("width", number(width)), ("layers", number(layerCount)), ("tied", isTied.map { .bool($0) } ?? .null),
      ("chat_template", .bool(hasChatTemplate)), ("uses", .array(uses.map { .string($0.rawValue) })),
      ("generation_defaults", .object(generationDefaults)),
    ])
  }

  /// For people: facts, one a line, and the parts with bars.
  package func text(for terminal: Terminal) -> String {
    func line(_ label: String, _ value: String) -> String {
      terminal.styled(label.padding(toLength: 14, withPad: " ", startingAt: 0), .bold) + value
    }
    let names = [className, kind].compactMap { $0 }
    var lines = [
      line("Architecture", architecture + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))")),
      line("Folder", folder.path), line("Parameters", Self.grouped(parameterCount)),
    ]
    lines += parameters.sorted { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }.map {
      row($0.key.rawValue, $0.value, terminal)
    }
    let types = bytes.map { "\(Self.size($0.bytes)) of \($0.dtype.name)" }.joined(separator: ", ")
    lines.append(line("Weights", "\(types) in \(fileCount == 1 ? "1 file" : "\(fileCount) files")"))
    if let width, let layerCount { lines.append(line("Shape", "\(layerCount) layers, width \(width)")) }
    if kind != nil {
      lines.append(line("Context", contextLength.map { "\(Self.grouped($0)) tokens" } ?? "no bound"))
    }
    if let vocabularySize { lines.append(line("Vocabulary", "\(Self.grouped(vocabularySize)) tokens")) }
    if let isTied { lines.append(line("Output matrix", isTied ? "the embedding (tied)" : "its own")) }
    lines.append(line("Chat template", hasChatTemplate ? "yes" : "none"))
    if !generationDefaults.entries.isEmpty {
      let defaults = generationDefaults.entries.map { "\($0.key) \($0.value.text)" }
      lines.append(line("Defaults", defaults.joined(separator: ", ")))
    }
    let use = uses.map(\.rawValue).joined(separator: ", ")
    lines.append(
      line(
        "Can be used to",
        uses.isEmpty ? terminal.styled("nothing here: the architecture is not known to Orchard", .yellow) : use))
    return lines.joined(separator: "\n")
  }

  /// A part with its share of all parameters, as a number and as a bar.
  private func row(_ name: String, _ count: Int, _ terminal: Terminal) -> String {
    let share = Double(count) / Double(max(1, parameterCount))
    let number = Self.grouped(count)
    let padded = String(repeating: " ", count: max(0, 15 - number.count)) + number
    let bar = String(repeating: "█", count: Int((share * 24).rounded()))
    return "  " + name.padding(toLength: 12, withPad: " ", startingAt: 0) + padded
      + String(format: " %5.1f %% ", share * 100) + terminal.styled(bar, .green)
  }

  private static func grouped(_ number: Int) -> String {
    var digits = String(number)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
  }

  private static func size(_ bytes: Int) -> String {
    switch bytes {
    case 1_000_000_000...: return String(format: "%.2f GB", Double(bytes) / 1e9)
    case 1_000_000...: return String(format: "%.1f MB", Double(bytes) / 1e6)
    default: return String(format: "%.1f kB", Double(bytes) / 1e3)
    }
  }
}
