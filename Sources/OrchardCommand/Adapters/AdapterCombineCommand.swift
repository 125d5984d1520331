import ArgumentParser
import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardJSON
import OrchardTensors
import OrchardTraining

/// `orchard adapter combine`: makes one LoRA adapter of several.
struct AdapterCombineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "combine",
    abstract: "Make one LoRA adapter of several of the same model.",
    discussion: """
      An adapter is named with its weight, 1 where none is given; below 0 takes away what it does. Methods: sum is exact, \
      ranks add up; linear, ties, dare-linear and dare-ties keep the rank and combine the two matrices apart, as peft \
      does. --density is the share of each adapter's numbers that ties keeps (the largest) and dare draws.

      Examples:
        orchard adapter combine french=0.7 poems --output both
        orchard adapter combine a b=-0.5 --method ties --density 0.3 --output both
      """)

  @Argument(help: ArgumentHelp("Adapters' folders, each with its weight.", valueName: "folder=weight"))
  var adapters: [String]

  @Option(help: "How they are combined: sum, linear, ties, dare-linear or dare-ties.")
  var method = CombinationMethod.sum

  @Option(help: "The share of numbers that ties and dare keep, from above 0 to 1.")
  var density: Double?

  @Option(help: ArgumentHelp("The folder to write; it must not be there yet.", valueName: "folder"))
  var output: String

  @Flag(help: "Combine adapters also where they were learned beside models in other numbers.")
  var anyBase = false

  @OptionGroup var seed: SeedOptions

  @OptionGroup var format: OutputOptions

  func validate() throws {
    if let density {
      if !(density > 0 && density <= 1) { throw ValidationError("--density is \(density); it takes a share up to 1.") }
      if !method.drops { throw ValidationError("--density has no effect on the method \(method.rawValue).") }
    } else if method.drops {
      throw ValidationError("the method \(method.rawValue) needs --density, such as 0.5.")
    }
    _ = try adapters.map(Self.part)
  }

  /// A folder and its weight: the part behind the last `=`, where it is a number.
  private static func part(_ text: String) throws -> AdapterCombination.Part {
    guard let place = text.lastIndex(of: "="), !FileManager.default.fileExists(atPath: text) else {
      return AdapterCombination.Part(URL(filePath: text), weight: 1)
    }
    let number = text[text.index(after: place)...]
    guard let weight = Double(number), weight.isFinite, weight != 0 else {
      throw ValidationError("“\(number)” is no weight other than 0 for the adapter \(text[..<place]).")
    }
    return AdapterCombination.Part(URL(filePath: String(text[..<place])), weight: weight)
  }

  func run() throws {
    let target = URL(filePath: output)
    guard !FileManager.default.fileExists(atPath: target.path) else {
      throw ValidationError("\(output) is there already; name a folder that is not.")
    }
    Engine.seed(seed.seed)
    let parts = try adapters.map(Self.part)
    let combination = try AdapterCombination(parts, method: method, density: density ?? 1, anyBase: anyBase)
    var made = (layers: 0, parameters: 0)
    try RunCheckpoint.write(target) { part in
      made = try combination.write(to: part)
      // Adapters that were asked in one way are asked so together.
      let stamps = parts.map { $0.folder.appending(path: TemplateStamp.fileName).path }
      let texts = Set(stamps.map { FileManager.default.contents(atPath: $0) })
      if texts.count == 1, let text = texts.first, let text {
        try text.write(to: part.appending(path: TemplateStamp.fileName))
      }
    }
    if format.json {
      return try Console.result(
        JSONObject([
          ("output", .string(output)), ("layers", .integer(made.layers)), ("parameters", .integer(made.parameters)),
        ]))
    }
    try Console.result(
      "\(parts.count) adapters (\(made.layers) layers, \(made.parameters) numbers) combined into \(output)")
  }
}

extension CombinationMethod: ExpressibleByArgument {}
