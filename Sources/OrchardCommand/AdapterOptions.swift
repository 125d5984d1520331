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
    if let adapter { return (folder, URL(filePath: adapter)) }
    guard AdapterFolder.isOne(folder) else { return (folder, nil) }
    let configuration = try AdapterConfiguration(folder: folder)
    guard let name = configuration.json["base_model_name_or_path"]?.string, !name.isEmpty else {
      throw AdapterError(
        "\(configuration.source): does not name its model; give --model MODEL --adapter \(folder.path)")
    }
    let base = try ModelPlace.folder(name)
    guard FileManager.default.fileExists(atPath: base.path) else {
      throw AdapterError(
        "\(configuration.source): its model \(name) is not here; give --model MODEL --adapter \(folder.path)")
    }
    return (base, folder)
  }

  /// The folder whose template prompts are composed with: the adapter's, where it was trained with one.
  func templatePlace(_ folder: URL) throws -> URL {
    let places = try places(folder)
    guard let adapter = places.adapter, try TemplateStamp.read(from: adapter) != nil else { return places.model }
    return adapter
  }

  /// Attaches the adapter to a loaded model.
  ///
  /// Where its weights are plain numbers, it is merged into them: answers then take no longer than without.
  /// - Throws: `AdapterError` that says what does not fit.
  func attach(to model: any LanguageModel, _ places: (model: URL, adapter: URL?), _ format: WeightFormat) throws {
    guard let folder = places.adapter else { return }
    let adapter = try AdapterFolder.read(folder, on: model, base: anyBase ? nil : places.model)
    if format.bits == nil, adapter.isMergeable { try adapter.merge() }
  }

  /// The generator of a folder, with the adapter.
  ///
  /// - Throws: an error that names the file and what is wrong with it.
  func generator(_ folder: URL, _ format: WeightFormat, on device: Device) throws -> TextGenerator {
    let places = try places(folder)
    let generator = try TextGenerator(folder: places.model, format, on: device)
    try attach(to: generator.model, places, format)
    return generator
  }
}
