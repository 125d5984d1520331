import Foundation
import OrchardJSON
import OrchardTensors

/// An ordinary Hugging Face model folder, read and written.
public enum ModelFolder {
  /// Loads the model of a folder.
  ///
  /// - Throws: `ModelError` or `EngineError` that names the file, and what is wrong with it.
  public static func load(_ folder: URL, dtype: DType? = nil, on device: Device = .cpu) throws -> any LanguageModel {
    try load(folder, .plain(dtype), on: device)
  }

  /// Loads the model of a folder with its weights in a format.
  ///
  /// - Throws: `ModelError` or `EngineError` that names the file, and what is wrong with it.
  public static func load(
    _ folder: URL, _ format: WeightFormat, on device: Device = .cpu
  ) throws -> any LanguageModel {
    let configuration = try ModelConfiguration(folder: folder)
    let model = try Architecture.model(configuration)
    try refuse(format.dtype, for: model, source: configuration.source)
    try model.load(CheckpointFolder(folder), format, on: device)
    try refuse(model.dtype, for: model, source: configuration.source)
    return model
  }

  /// Some models' activations leave the range of fp16: what comes out is not-a-number.
  private static func refuse(_ dtype: DType?, for model: any LanguageModel, source: String) throws {
    guard dtype == .float16, model.properties.overflowsInHalf else { return }
    throw ModelError(
      "\(source): a \(model.properties.architecture) overflows in fp16 and would answer nonsense; use bf16 or fp32")
  }

  /// Writes weights and configuration as transformers reads them, each file whole or not at all.
  ///
  /// Weights beyond `shardBytes` go to several files with an index.
  ///
  /// - Throws: `EngineError` where the folder cannot be written to.
  public static func save(
    _ model: any CheckpointModule, configuration: ModelConfiguration, to folder: URL, shardBytes: Int = 5_000_000_000
  ) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw EngineError("\(folder.path): the folder cannot be made; choose one that you may write to")
    }
    try saveWeights(model.checkpointTensors, to: folder, shardBytes: shardBytes)
    var json = configuration.json
    json["dtype"] = .string(model.dtype.name)
    json["torch_dtype"] = nil
    try AtomicFile.write(JSONValue.object(json).prettyText + "\n", to: folder.appending(path: "config.json"))
  }

  private static func saveWeights(
    _ tensors: [(name: String, tensor: Tensor)], to folder: URL, shardBytes: Int
  ) throws {
    var shards: [[(name: String, tensor: Tensor)]] = [[]]
    var bytes = 0
    for entry in tensors {
      if bytes > 0, bytes + entry.tensor.byteCount > shardBytes {
        shards.append([])
        bytes = 0
      }
      shards[shards.count - 1].append(entry)
      bytes += entry.tensor.byteCount
    }
    let index = folder.appending(path: "model.safetensors.index.json")
    let single = folder.appending(path: "model.safetensors")
    if shards.count == 1 {
      try SafetensorsWriter.write(tensors, to: single)
      try? FileManager.default.removeItem(at: index)
      return
    }
    var map: [(String, JSONValue)] = []
    for (number, shard) in shards.enumerated() {
      let name = "model-\(padded(number + 1))-of-\(padded(shards.count)).safetensors"
      try SafetensorsWriter.write(shard, to: folder.appending(path: name))
      map += shard.map { ($0.name, .string(name)) }
    }
    let total = tensors.reduce(0) { $0 + $1.tensor.byteCount }
    let json: JSONValue = ["metadata": ["total_size": .integer(total)], "weight_map": .object(JSONObject(map))]
    try AtomicFile.write(json.prettyText + "\n", to: index)
    try? FileManager.default.removeItem(at: single)
  }

  private static func padded(_ number: Int) -> String {
    String(repeating: "0", count: max(0, 5 - "\(number)".count)) + "\(number)"
  }
}
