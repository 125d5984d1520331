import ArgumentParser
import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardGeneration
import OrchardJSON
import OrchardModels
import OrchardSettings
import OrchardTensors

/// What was learned beside a model: an adapter of the command line, or the folder of one in the model's place.
struct AdapterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of an adapter that was learned beside the model; --model may name one too. As NAME=folder several "
        + "times for several: a prompt takes the one in its field “adapter”.", valueName: "folder"))
  var adapter: [String] = []

  @Option(
    help: ArgumentHelp(
      "The one of several adapters that prompts take which name none. (default: none)", valueName: "name"))
  var useAdapter: String?

  @Flag(help: "Take an adapter also where it was learned beside the model in other numbers: another type, quantised.")
  var anyBase = false

  func validate() throws {
    let unnamed = adapter.filter { Self.named($0) == nil }
    if adapter.count > 1, let first = unnamed.first {
      throw ValidationError("--adapter \(first) stands beside others, so it needs a name: --adapter NAME=\(first).")
    }
    if let useAdapter {
      guard !named.isEmpty else {
        throw ValidationError("--use-adapter chooses among several; give them by name: --adapter \(useAdapter)=folder.")
      }
      try check(useAdapter)
    }
  }

  /// The adapters that were given by name.
  var named: [(name: String, folder: URL)] { adapter.compactMap(Self.named) }

  /// Whether prompts choose among adapters.
  var isChoice: Bool { !named.isEmpty }

  /// Refuses a name that no adapter was given.
  ///
  /// - Throws: `ValidationError` with the names there are.
  func check(_ name: String, _ place: String = "--use-adapter") throws {
    let names = named.map(\.name)
    guard !names.contains(name) else { return }
    let hint = NearestName.suggestion(for: name, in: names)
    throw ValidationError(
      "\(place) asks for the adapter “\(name)”, which is not there\(hint.isEmpty ? ";" : hint) there are "
        + "\(names.joined(separator: ", ")).")
  }

  /// Refuses a choice of adapters where one has to do for all.
  ///
  /// - Throws: `ValidationError`.
  func refuseChoice() throws {
    if isChoice {
      throw ValidationError(
        "--adapter NAME=folder is for orchard generate and chat; here one adapter does for all: --adapter folder.")
    }
  }

  /// `NAME=folder`, unless a folder is called so as a whole.
  private static func named(_ text: String) -> (name: String, folder: URL)? {
    guard let place = text.firstIndex(of: "="), place != text.startIndex, !text[..<place].contains("/"),
      !FileManager.default.fileExists(atPath: text)
    else { return nil }
    return (String(text[..<place]), URL(filePath: String(text[text.index(after: place)...])))
  }

  /// The folders of model and adapter: where `folder` is an adapter's, the model is the one that it names.
  ///
  /// - Throws: `AdapterError` where there is none; `HubError` where the model cannot be fetched.
  func places(_ folder: URL) throws -> (model: URL, adapter: URL?) {
    guard !adapter.isEmpty else { return try Self.places(folder) }
    if AdapterFolder.isOne(folder) {
      throw ValidationError(
        "--model \(folder.relativePath) is an adapter's folder itself; --adapter goes with the folder of a model.")
    }
    return (folder, isChoice ? nil : URL(filePath: adapter[0]))
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
  ///
  /// `name` is that of the adapter that a prompt takes, where there are several.
  func templatePlace(_ folder: URL, name: String? = nil) throws -> URL {
    let places = try places(folder)
    let own = name.flatMap { name in named.first { $0.name == name }?.folder } ?? places.adapter
    guard let own, try TemplateStamp.read(from: own) != nil else { return places.model }
    return own
  }

  /// The generator of a folder, with the adapter.
  ///
  /// Where weights are plain numbers, one adapter is merged into them: answers then take no longer than without. Several
  /// stand beside them, and each prompt takes its own.
  /// - Throws: an error that names the file and what is wrong with it.
  func generator(_ folder: URL, _ format: WeightFormat, on device: Device) throws -> TextGenerator {
    let places = try places(folder)
    if anyBase, places.adapter == nil, !isChoice {
      throw ValidationError("--any-base is for an adapter, and none is named: give --adapter as well.")
    }
    let generator = try TextGenerator(folder: places.model, format, on: device)
    let base = anyBase ? nil : places.model
    if isChoice {
      _ = try AdapterSet(reading: named, on: generator.model, base: base)
      return generator
    }
    guard let adapterFolder = places.adapter else { return generator }
    let adapter = try AdapterFolder.read(adapterFolder, on: generator.model, base: base)
    if format.compact == nil, adapter.isMergeable { try adapter.merge() }
    return generator
  }
}
