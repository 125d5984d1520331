import ArgumentParser
import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardJSON
import OrchardTensors
import OrchardTraining

/// `orchard adapter convert`: writes an adapter in another format or type of numbers.
struct AdapterConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write an adapter in another format, or with smaller numbers.",
    discussion: """
      Formats: peft (Hugging Face, and what Orchard trains) and mlx (Apple's mlx-lm: LoRA and DoRA in the layers of \
      decoders like Llama). Which one the folder is in is found out. From peft to peft any kind of adapter only takes \
      the new type of numbers. The model is not needed.

      Examples:
        orchard adapter convert runs/first/adapter --to mlx --output phone
        orchard adapter convert adapters --to peft --output from-mlx
        orchard adapter convert runs/first/adapter --to peft --numbers bf16 --output half
      """)

  @Argument(help: ArgumentHelp("The adapter's folder.", valueName: "folder"))
  var adapter: String

  @Option(help: "The format to write: peft or mlx.")
  var to: AdapterFormat

  @Option(help: "The type of its numbers: fp32, bf16 or fp16.")
  var numbers = Precision.fp32

  @Option(help: ArgumentHelp("The folder to write; it must not be there yet.", valueName: "folder"))
  var output: String

  @OptionGroup var format: OutputOptions

  func run() throws {
    let (source, target) = (URL(filePath: adapter), URL(filePath: output))
    guard !FileManager.default.fileExists(atPath: target.path) else {
      throw ValidationError("\(output) is there already; name a folder that is not.")
    }
    let from = try AdapterFormat.of(AdapterConfiguration(folder: source))
    var bytes = 0
    try RunCheckpoint.write(target) { part in
      if from == .peft, to == .peft {
        try AdapterFolder.copy(source, to: part, numbers: numbers.dtype)
      } else {
        try LowRankFile(source).write(to, numbers.dtype, to: part)
      }
      // How the model is asked travels with what it has learned.
      let stamp = source.appending(path: TemplateStamp.fileName)
      if FileManager.default.fileExists(atPath: stamp.path) {
        try FileManager.default.copyItem(at: stamp, to: part.appending(path: TemplateStamp.fileName))
      }
      bytes = Readable.size(part)
    }
    if format.json {
      return try Console.result(
        JSONObject([
          ("output", .string(output)), ("from", .string(from.rawValue)), ("to", .string(to.rawValue)),
          ("bytes", .integer(bytes)),
        ]))
    }
    try Console.result(
      "\(adapter) (\(from.rawValue)) written as \(to.rawValue) in \(numbers.rawValue) to \(output): "
        + Readable.bytes(bytes))
  }
}

extension AdapterFormat: ExpressibleByArgument {}
