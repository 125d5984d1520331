import Foundation
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardSettings
import OrchardTensors

/// A peft folder, written and read: `adapter_config.json` and `adapter_model.safetensors`.
public enum AdapterFolder {
  /// The file with what was learned.
  public static let weightsName = "adapter_model.safetensors"
  /// The file that says what it is.
  public static let configurationName = "adapter_config.json"

  /// Whether a folder holds an adapter.
  public static func isOne(_ folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: configurationName).path)
  }

  /// Writes an adapter as peft reads it, each file whole or not at all.
  ///
  /// `base` is the folder of the model that it is for; its `digest`, found out where it is not given, is written down, so
  /// that the adapter is not put on another model unseen. `notes` are what else is to be known of it, which peft does not
  /// read.
  /// - Throws: `EngineError` where the folder cannot be written to.
  public static func write(
    _ adapter: Adapter, base: URL, digest: String? = nil, notes: [String: String] = [:], to folder: URL
  ) throws {
    let digest = try digest ?? BaseDigest.of(base)
    try write(adapter.published, configuration(of: adapter, base: base), digest: digest, notes: notes, to: folder)
    guard let name = type(of: adapter.settings).trainingFile, !adapter.trainingState.isEmpty else { return }
    // For those who train on; peft does not look at it.
    try SafetensorsWriter.write(
      adapter.trainingState.map { ($0.name, $0.parameter.tensor.detached.contiguous) },
      to: folder.appending(path: name))
  }

  /// Writes weights and configuration as peft reads them.
  static func write(
    _ weights: [(name: String, tensor: Tensor)], _ configuration: JSONObject, digest: String?,
    notes: [String: String] = [:], to folder: URL
  ) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw EngineError("\(folder.path): the folder cannot be made; choose one that you may write to")
    }
    var metadata = notes.merging(["format": "pt"]) { $1 }
    metadata[BaseDigest.key] = digest
    try SafetensorsWriter.write(
      weights.map { ($0.name, $0.tensor.contiguous) }, metadata: metadata, to: folder.appending(path: weightsName))
    let text = JSONValue.object(configuration).prettyText + "\n"
    try AtomicFile.write(text, to: folder.appending(path: configurationName))
  }

  /// Copies a folder of any kind of adapter, its numbers in another type.
  ///
  /// What training alone goes on from is left out.
  /// - Throws: `AdapterError` or `EngineError` where the folder cannot be read, or the other not written to.
  public static func copy(_ folder: URL, to target: URL, numbers dtype: DType) throws {
    let configuration = try AdapterConfiguration(folder: folder)
    let file = try weights(in: folder)
    let tensors = file.names.sorted().compactMap { name in file.tensor(name).map { (name, $0.to(dtype)) } }
    try write(
      tensors, configuration.json, digest: file.metadata[BaseDigest.key],
      notes: file.metadata.filter { $0.key != BaseDigest.key }, to: target)
  }

  private static func configuration(of adapter: Adapter, base: URL) -> JSONObject {
    let layers = adapter.parts.map(\.layer)
    let task: JSONValue =
      if !adapter.heads.isEmpty {
        "SEQ_CLS"
      } else if let model = adapter.languageModel {
        model.properties.kind == .encoderDecoder ? "SEQ_2_SEQ_LM" : "CAUSAL_LM"
      } else {
        // peft has no word for filling gaps.
        .null
      }
    let common: [(String, JSONValue)] = [
      ("peft_type", .string(type(of: adapter.settings).peftType)),
      ("task_type", task),
      ("base_model_name_or_path", .string(base.path)), ("inference_mode", true),
    ]
    if let settings = adapter.settings as? any PromptAdapterSettings, let model = adapter.languageModel {
      return JSONObject(common + settings.configuration(on: model))
    }
    let names = targets(adapter, layers)
    let own = (adapter.settings as? any LayerAdapterSettings)?.configuration(for: layers, named: names) ?? []
    return JSONObject(
      common + [("modules_to_save", savedNames(adapter)), ("target_modules", .array(names.map { .string($0) }))] + own)
  }

  private static func savedNames(_ adapter: Adapter) -> JSONValue {
    let own = (adapter.settings as? any LayerAdapterSettings)?.modulesToSave ?? []
    var names = own
    for name in adapter.heads.map({ Self.part($0.name) }) where !names.contains(name) { names.append(name) }
    return names.isEmpty ? .null : .array(names.map { .string($0) })
  }

  /// The part that a weight belongs to: `score` of `score.weight`.
  private static func part(_ name: String) -> String { name.split(separator: ".").dropLast().joined(separator: ".") }

  /// The ends of names where these mean the same layers, else the whole names.
  private static func targets(_ adapter: Adapter, _ layers: [AdaptableLayer]) -> [String] {
    let ends = Set(layers.map(\.lastName))
    let meant = adapter.model.adaptableLayers.filter { ends.contains($0.lastName) }
    return meant.count == layers.count ? ends.sorted() : layers.map(\.name)
  }

  /// Reads an adapter and attaches it to a model.
  ///
  /// `base` is the model's folder: an adapter that was trained beside another is refused, unless `base` is nil.
  /// What stands upon the model and was learned along with it is loaded into `heads`.
  /// - Throws: `AdapterError` that names what does not fit.
  public static func read(
    _ folder: URL, on model: any TrainableModel, base: URL?, heads: [(name: String, parameter: Parameter)] = []
  ) throws -> Adapter {
    let configuration = try AdapterConfiguration(folder: folder).without(heads: heads.map { Self.part($0.name) })
    let type = configuration.json["peft_type"]?.string ?? ""
    guard let kind = AdapterKinds.kind(type) else {
      let known = AdapterKinds.catalog.entries.compactMap { ($0.value as? any AdapterSettings.Type)?.peftType }
      throw AdapterError(
        "\(configuration.source): “peft_type” is “\(type)”, which is not known; known are \(known.joined(separator: ", "))"
      )
    }
    let file = try weights(in: folder)
    if let base { try BaseDigest.check(file, of: folder, on: base) }
    var settings: any AdapterSettings = try kind.init(configuration)
    if var layered = settings as? any LayerAdapterSettings {
      layered.targets = TargetSettings(try targets(configuration, file, model))
      settings = layered
    }
    let adapter = try Adapter(unloaded: settings, on: model, heads: heads)
    do {
      if let name = kind.trainingFile, !adapter.trainingState.isEmpty {
        try take(SafetensorsFile(folder.appending(path: name)), adapter.trainingState, into: adapter)
      } else {
        try take(file, adapter.parameters, into: adapter)
      }
    } catch {
      adapter.detach()
      throw error
    }
    return adapter
  }

  /// The file of a folder with what was learned.
  ///
  /// - Throws: `AdapterError` where there is none, `EngineError` where it is broken.
  public static func weights(in folder: URL) throws -> SafetensorsFile {
    let url = folder.appending(path: weightsName)
    if FileManager.default.fileExists(atPath: url.path) { return try SafetensorsFile(url) }
    let older = folder.appending(path: "adapter_model.bin")
    if FileManager.default.fileExists(atPath: older.path) {
      throw AdapterError(
        "\(older.path): weights in Python's pickle format are not read, because such a file can run any program; "
          + "convert them with peft: model.save_pretrained(folder)")
    }
    throw AdapterError("\(folder.path): holds no \(weightsName)")
  }

  /// The layers that the file has weights for: whatever `target_modules` says, a pattern too, these are they.
  private static func targets(
    _ configuration: AdapterConfiguration, _ file: SafetensorsFile, _ model: any TrainableModel
  ) throws -> [String] {
    let saved = try configuration.names("modules_to_save")
    let names = model.adaptableLayers.filter { layer in !saved.contains(where: layer.isCalled) }.map(\.name).filter {
      name in
      file.entries.keys.contains { $0.hasPrefix("base_model.model.\(name).") }
    }
    guard !names.isEmpty else {
      let first = file.entries.keys.min() ?? "nothing"
      throw AdapterError(
        "\(configuration.source): the adapter has no weights for any layer of this model; its first is “\(first)”, a "
          + "layer of the model is called “\(model.adaptableLayers.first?.name ?? "")”")
    }
    return names
  }

  private static func take(
    _ file: SafetensorsFile, _ parameters: [(name: String, parameter: Parameter)], into adapter: Adapter
  ) throws {
    var unread = Set(file.entries.keys)
    let heads = Set(adapter.heads.map { ObjectIdentifier($0.parameter) })
    var readsHead = heads.isEmpty
    // A weight of the model itself keeps the model's type.
    let saved = Set(adapter.saved.map { ObjectIdentifier($0.parameter) })
    for (name, parameter) in parameters {
      // Older peft wrote DoRA's magnitudes with an ending.
      let stored = [name, name + ".weight"].first { file.entries[$0] != nil } ?? name
      // Of a head in several layers peft saves those that it was told to; the others are the model's own.
      if heads.contains(ObjectIdentifier(parameter)) {
        if file.entries[stored] == nil, heads.count > 1 { continue }
        readsHead = true
      }
      guard var tensor = file.tensor(stored) else {
        throw AdapterError("\(file.url.path): lacks “\(name)”, which the adapter's configuration asks for")
      }
      if let prompt = adapter.settings as? any PromptAdapterSettings, prompt.unreadVectors > 0,
        tensor.size(0) == parameter.shape[0] + prompt.unreadVectors
      {
        tensor = tensor.sliced(0, 0..<parameter.shape[0])
      }
      guard tensor.shape == parameter.shape else {
        throw AdapterError(
          "\(file.url.path): “\(name)” has the shape \(tensor.shape), configuration and model ask for \(parameter.shape)"
        )
      }
      unread.remove(stored)
      let dtype = saved.contains(ObjectIdentifier(parameter)) ? parameter.tensor.dtype : .float32
      parameter.load(tensor.to(dtype).copied.to(adapter.model.device))
    }
    guard readsHead else {
      let name = adapter.heads.map(\.name).joined(separator: ", ")
      throw AdapterError("\(file.url.path): has nothing of the head (\(name)), which would be left random")
    }
    guard unread.isEmpty else {
      let some = unread.sorted().prefix(4).map { "“\($0)”" }.joined(separator: ", ")
      throw AdapterError(
        "\(file.url.path): \(unread.count) weights belong to no layer of this model: \(some)"
          + (unread.count > 4 ? " and \(unread.count - 4) more" : ""))
    }
  }
}
