import ArgumentParser
import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardJSON
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// `orchard adapter merge`: writes a model that does the adapter's work by its own weights.
struct AdapterMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Write an ordinary model folder with the adapter in its weights.",
    discussion: """
      Sums are made in fp32 and rounded once, to the type of the model's file. --verify compares the logits before and \
      after, prints their greatest difference, and refuses to write where it is more than that rounding explains.

      Examples:
        orchard adapter merge runs/first/adapter --output merged --verify
        orchard adapter merge DIR --model MODEL --output merged
      """)

  @Argument(help: ArgumentHelp("The adapter's folder.", valueName: "adapter"))
  var folder: String

  @Option(help: ArgumentHelp("The model's folder, or OWNER/NAME. (default: the one it names)", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("The folder to write; it must not be there yet.", valueName: "folder"))
  var output: String

  @Flag(help: "Compare logits before and after, and print the greatest difference.")
  var verify = false

  @Flag(help: "Take an adapter also where it was learned beside the model in other numbers: another type.")
  var anyBase = false

  @OptionGroup var format: OutputOptions

  func run() throws {
    let folder = URL(filePath: folder)
    let target = URL(filePath: output)
    guard !FileManager.default.fileExists(atPath: target.path) else {
      throw ValidationError("\(output) is there already; name a folder that is not.")
    }
    var options = AdapterOptions()
    (options.adapter, options.anyBase) = (model == nil ? nil : folder.path, anyBase)
    let places = try options.places(model.map(ModelPlace.folder) ?? folder)
    guard let source = places.adapter else { throw AdapterError("\(folder.path): is no adapter's folder") }
    let configuration = try ModelConfiguration(folder: places.model)
    let loaded = try ModelFolder.load(places.model)
    let adapter = try AdapterFolder.read(source, on: loaded, base: anyBase ? nil : places.model)
    var told = JSONObject([("output", .string(output)), ("parameters", .integer(adapter.parameterCount))])
    if verify {
      let (difference, scale) = try adapter.mergeMeasuring()
      let bound = scale * (loaded.dtype == .float32 ? 1e-4 : 0.05)
      guard difference <= bound else {
        throw AdapterError(
          "merged and unmerged logits differ by \(difference), where rounding explains \(bound); nothing was written")
      }
      told["greatest_difference"] = .number(difference)
      told["bound"] = .number(bound)
    } else {
      try adapter.merge()
    }
    try write(loaded, configuration, from: places.model, and: source, to: target)
    if format.json { return try Console.result(JSONValue.object(told).text) }
    var line = "\(adapter.parts.count) layers merged into \(output)"
    if let difference = told["greatest_difference"]?.double, let bound = told["bound"]?.double {
      line += String(format: "; logits differ by %.2e at most (allowed: %.2e)", difference, bound)
    }
    try Console.result(line)
  }

  /// Writes under a hidden name, and renames what is whole.
  private func write(
    _ model: any LanguageModel, _ configuration: ModelConfiguration, from base: URL, and adapter: URL, to target: URL
  ) throws {
    let part = target.deletingLastPathComponent().appending(path: ".\(target.lastPathComponent).part")
    let files = FileManager.default
    try? files.removeItem(at: part)
    do {
      try ModelFolder.save(model, configuration: configuration, to: part)
      try Tokenizer(folder: base).save(to: part)
      for (folder, name) in [
        (base, "generation_config.json"), (base, TemplateStamp.fileName), (adapter, TemplateStamp.fileName),
      ] {
        let file = folder.appending(path: name)
        guard files.fileExists(atPath: file.path) else { continue }
        let copy = part.appending(path: name)
        if files.fileExists(atPath: copy.path) { try files.removeItem(at: copy) }
        try files.copyItem(at: file, to: copy)
      }
      try files.moveItem(at: part, to: target)
    } catch {
      try? files.removeItem(at: part)
      throw error
    }
  }
}
