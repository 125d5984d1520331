import ArgumentParser
import Foundation
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// `orchard create`: makes a model with random weights, to be trained from nothing.
struct CreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make a model with random weights, to be trained from nothing.",
    discussion: """
      The vocabulary is that of a tokenizer: a model's folder, or one that orchard tokenizer train wrote. The folder \
      that is written holds config.json, weights and tokenizer, as Hugging Face transformers reads them.

      Examples:
        orchard create --architecture t5 --tokenizer runs/vocabulary --output runs/model
        orchard create --architecture llama --tokenizer runs/vocabulary --output runs/model \\
          --width 256 --layers 6 --heads 8 --inner 768
        orchard create --architecture gpt2 --tokenizer runs/vocabulary --output runs/model --context 256
      """)

  @Option(help: "The architecture: \(NewModel.all.map(\.name).joined(separator: ", ")).")
  var architecture: NewModel

  @Option(help: ArgumentHelp("The folder with the tokenizer.", valueName: "folder"))
  var tokenizer: String

  @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
  var output: String

  @Option(help: "Numbers in a hidden state.")
  var width = 256

  @Option(help: "Layers; of an encoder-decoder, in each half.")
  var layers = 4

  @Option(help: "Attention heads.")
  var heads = 4

  @Option(
    help: "The inner width of the feed-forward parts. (default: twice the width; bert, gpt2, gpt_neox: four times)")
  var inner: Int?

  @Option(help: "All but t5: the longest text in tokens.")
  var context = 1024

  @Option(help: "bert, t5, gpt2, gpt_neox: the share of activations that training leaves out at random.")
  var dropout = 0.1

  @OptionGroup var seed: SeedOptions

  @OptionGroup var format: OutputOptions

  func validate() throws {
    for (name, value) in [("width", width), ("layers", layers), ("heads", heads), ("context", context)]
    where !(1...1_000_000).contains(value) {
      throw ValidationError("--\(name) is \(value); it takes a number from 1.")
    }
    if let inner, inner < 1 { throw ValidationError("--inner is \(inner); it takes a number from 1.") }
    if width % heads != 0 { throw ValidationError("--width \(width) is no multiple of --heads \(heads).") }
    if architecture.hasEvenHeads, width / heads % 2 != 0 {
      throw ValidationError(
        "--width \(width) over --heads \(heads) is odd; \(architecture.name)'s heads have an even width.")
    }
    if !(0..<1).contains(dropout) { throw ValidationError("--dropout is \(dropout); it takes 0 or more, less than 1.") }
  }

  func run() throws {
    let vocabulary = try Tokenizer(folder: URL(filePath: tokenizer))
    let folder = URL(filePath: output)
    if FileManager.default.fileExists(atPath: folder.appending(path: "config.json").path) {
      throw ModelError("\(folder.path): holds a model already; choose another output")
    }
    let configuration = ModelConfiguration(shape(vocabulary), source: "the new model")
    let model: any TrainableModel =
      try configuration.isEncoder
      ? try EncoderFolder(folder, configuration).unloadedMaskedModel() : try Architecture.model(configuration)
    Engine.seed(seed.seed)
    model.initialize()
    try ModelFolder.save(model, configuration: configuration, to: folder)
    try vocabulary.save(to: folder)
    if format.json {
      try Console.result(
        JSONObject([("folder", .string(folder.path)), ("parameters", .integer(model.parameterCount))]))
    } else {
      try Console.result("\(folder.path): \(architecture.name) with \(model.parameterCount) random parameters")
    }
  }

  /// The `config.json` of the new model.
  private func shape(_ vocabulary: Tokenizer) -> JSONObject {
    // Matrix products run faster over a round number of columns; the ids beyond the tokenizer's are never used.
    let size = (vocabulary.vocabularySize + 7) / 8 * 8
    let sizes = NewModel.Sizes(
      vocabulary: size, width: width, layers: layers, heads: heads, inner: inner, context: context, dropout: dropout,
      beginning: vocabulary.beginningID, end: vocabulary.endID, padding: vocabulary.paddingID)
    return architecture.configuration(sizes)
  }
}
