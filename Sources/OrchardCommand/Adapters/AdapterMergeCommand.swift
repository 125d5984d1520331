import ArgumentParser
import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardJSON
import OrchardModels
import OrchardTensors
import OrchardTokenizers
import OrchardTraining

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
    // What is no adapter's folder is told before a model is loaded.
    let kind = try AdapterConfiguration(folder: folder)
    let base = try model.map(ModelPlace.folder) ?? AdapterOptions.places(folder).model
    let (loaded, configuration, adapter) = try load(kind, folder, base)
    var told = JSONObject([("output", .string(output)), ("parameters", .integer(adapter.parameterCount))])
    if verify {
      let (difference, scale) = try adapter.mergeMeasuring()
      // fp32 has 24 bits, which a few layers' sums use up to a ten-thousandth; bf16 has eight.
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
    try write(loaded, configuration, from: base, and: folder, to: target)
    if format.json { return try Console.result(JSONValue.object(told).text) }
    var line = "\(adapter.parts.count) layers merged into \(output)"
    if let difference = told["greatest_difference"]?.double, let bound = told["bound"]?.double {
      line += String(format: "; logits differ by %.2e at most (allowed: %.2e)", difference, bound)
    }
    try Console.result(line)
  }

  private func load(
    _ kind: AdapterConfiguration, _ folder: URL, _ base: URL
  ) throws -> (model: any TrainableModel, configuration: ModelConfiguration, adapter: Adapter) {
    let configuration = try ModelConfiguration(folder: base)
    if TrainedClassifier.isClassifier(kind) {
      let (model, adapter) = try TrainedClassifier.unmerged(folder, base: base, anyBase: anyBase)
      let labels = ClassificationLabels(model.labels, model.problem)
      return (model, ClassifierFolder.configuration(from: configuration, labels: labels), adapter)
    }
    let model: any TrainableModel =
      try configuration.isEncoder ? EncoderFolder(base, configuration).maskedLanguageModel() : ModelFolder.load(base)
    return (model, configuration, try AdapterFolder.read(folder, on: model, base: anyBase ? nil : base))
  }

  /// Writes the folder whole or not at all.
  private func write(
    _ model: any TrainableModel, _ configuration: ModelConfiguration, from base: URL, and adapter: URL, to target: URL
  ) throws {
    let files = FileManager.default
    try RunCheckpoint.write(target) { part in
      try ModelFolder.save(model, configuration: configuration, to: part)
      try Tokenizer(folder: base).save(to: part)
      let template = try TemplateStamp.read(from: adapter) == nil ? base : adapter
      for (folder, name) in [(base, "generation_config.json"), (template, TemplateStamp.fileName)] {
        let file = folder.appending(path: name)
        guard files.fileExists(atPath: file.path) else { continue }
        try files.copyItem(at: file, to: part.appending(path: name))
      }
    }
  }
}
