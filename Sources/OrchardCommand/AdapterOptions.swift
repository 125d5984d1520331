import ArgumentParser
import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardGeneration
import OrchardJSON
import OrchardModels
import OrchardTensors

/// What was learned beside a model: an adapter of the command line, or the folder of one in the model's place.
struct AdapterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of an adapter that was learned beside the model; --model may name one too.", valueName: "folder"))
  var adapter: String?

  @Flag(help: "Take an adapter also where it was learned beside the model in other numbers: another type, quantised.")
  var anyBase = false

  /// The folders of model and adapter: where `folder` is an adapter's, the model is the one that it names.
  ///
  /// - Throws: `AdapterError` where there is none; `HubError` where the model cannot be fetched.
  func places(_ folder: URL) throws -> (model: URL, adapter: URL?) {
    guard let adapter else { return try Self.places(folder) }
    if AdapterFolder.isOne(folder) {
      throw ValidationError(
        "--model \(folder.relativePath) is an adapter's folder itself; --adapter goes with the folder of a model.")
    }
    return (folder, URL(filePath: adapter))
  }

  /// The folders of a model, and of the adapter that `folder` may be.
  static func places(_ folder: URL) throws -> (model: URL, adapter: URL?) {
    guard AdapterFolder.isOne(folder) else { return (folder, nil) }
    let configuration = try AdapterConfiguration(folder: folder)
    guard let name = configuration.json["base_model_name_or_path"]?.string, !name.isEmpty else {
      throw AdapterError("\(configuration.source): does not name its model; name it by --model")
    }
    let base = try ModelPlace.folder(name)
    guard FileManager.default.fileExists(atPath: base.path) else {
      throw AdapterError(
        "\(configuration.source): its model \(name) is not here; name the place where it is by --model")
    }
    return (base, folder)
  }

  /// The folder whose template prompts are composed with: the adapter's, where it was trained with one.
  func templatePlace(_ folder: URL) throws -> URL {
    let places = try places(folder)
    guard let adapter = places.adapter, try TemplateStamp.read(from: adapter) != nil else { return places.model }
    return adapter
  }

  /// The generator of a folder, with the adapter.
  ///
  /// Where weights are plain numbers, the adapter is merged into them: answers then take no longer than without.
  /// - Throws: an error that names the file and what is wrong with it.
  func generator(_ folder: URL, _ format: WeightFormat, on device: Device) throws -> TextGenerator {
    let places = try places(folder)
    if anyBase, places.adapter == nil {
      throw ValidationError("--any-base is for an adapter, and none is named: give --adapter as well.")
    }
    let generator = try TextGenerator(folder: places.model, format, on: device)
    guard let adapterFolder = places.adapter else { return generator }
    let adapter = try AdapterFolder.read(adapterFolder, on: generator.model, base: anyBase ? nil : places.model)
    if format.bits == nil, adapter.isMergeable { try adapter.merge() }
    return generator
  }
}
