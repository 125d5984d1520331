// The folders of mlx-lm: `adapters.safetensors` with lora_a `[I, r]` and lora_b `[r, O]`, one rank and factor for all.

import Foundation
import OrchardJSON
import OrchardTensors

extension LowRankFile {
  private static let weightsName = "adapters.safetensors"

  /// Reads a folder of mlx-lm's.
  init(mlx folder: URL, _ configuration: AdapterConfiguration) throws {
    let kind = configuration.json["fine_tune_type"]?.string ?? ""
    guard ["lora", "dora"].contains(kind) else {
      throw AdapterError(
        "\(configuration.source): “fine_tune_type” is “\(kind)”; lora and dora are adapters, anything else is a model")
    }
    let settings = configuration.json["lora_parameters"]
    guard let scale = settings?["scale"]?.double else {
      throw AdapterError(
        "\(configuration.source): “lora_parameters” has no “scale”, so it is not known how much it counts")
    }
    let file = try SafetensorsFile(folder.appending(path: Self.weightsName))
    let names = file.entries.keys.filter { $0.hasSuffix(".lora_a") }.map { String($0.dropLast(".lora_a".count)) }
    guard !names.isEmpty else { throw AdapterError("\(file.url.path): holds no matrices of LoRA") }
    let layers = try names.map { name -> Layer in
      guard let first = file.tensor(name + ".lora_a"), let second = file.tensor(name + ".lora_b") else {
        throw AdapterError("\(file.url.path): lacks a matrix of “\(name)”")
      }
      return Layer(
        name: name, down: first.to(.float32).transposed(0, 1).contiguous,
        up: second.to(.float32).transposed(0, 1).contiguous, scale: scale,
        magnitude: file.tensor(name + ".m")?.to(.float32))
    }
    self.init(
      source: folder.path, layers: layers, dropout: settings?["dropout"]?.double ?? 0,
      configuration: Self.peftConfiguration(base: configuration.json["model"] ?? ""))
  }

  /// Writes a folder as mlx-lm reads it.
  ///
  /// Shorter ranks are filled up with zeros and other factors multiplied into the second matrix: the same products.
  func writeMLX(_ dtype: DType, to folder: URL) throws {
    let keys = try Set(layers.map(key)).sorted()
    let scale = usual.scale
    let rank = layers.map(\.rank).max() ?? 1
    let weights = layers.flatMap { layer -> [(name: String, tensor: Tensor)] in
      let up = layer.scale == scale ? layer.up : layer.up * (layer.scale / scale)
      func filled(_ matrix: Tensor) -> Tensor {
        let missing = rank - layer.rank
        guard missing > 0 else { return matrix }
        return .concatenated([matrix, .zeros([missing, matrix.size(1)])], along: 0)
      }
      return [
        (layer.name + ".lora_a", filled(layer.down).transposed(0, 1)),
        (layer.name + ".lora_b", filled(up.transposed(0, 1).contiguous)),
      ] + (layer.magnitude.map { [(layer.name + ".m", $0)] } ?? [])
    }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw EngineError("\(folder.path): the folder cannot be made; choose one that you may write to")
    }
    try SafetensorsWriter.write(
      weights.map { ($0.name, $0.tensor.to(dtype).contiguous) }, to: folder.appending(path: Self.weightsName))
    let settings = JSONObject([
      ("fine_tune_type", .string(layers.contains { $0.magnitude != nil } ? "dora" : "lora")), ("num_layers", -1),
      (
        "lora_parameters",
        [
          "rank": .integer(rank), "scale": .number(scale), "dropout": .number(dropout),
          "keys": .array(keys.map(JSONValue.string)),
        ]
      ),
      ("model", configuration["base_model_name_or_path"] ?? ""),
    ])
    try AtomicFile.write(
      JSONValue.object(settings).prettyText + "\n", to: folder.appending(path: AdapterFolder.configurationName))
  }

  /// The name within its layer by which mlx-lm finds what is adapted: `self_attn.q_proj`.
  private func key(_ layer: Layer) throws -> String {
    let parts = layer.name.split(separator: ".", maxSplits: 3).map(String.init)
    guard parts.count == 4, parts[0] == "model", parts[1] == "layers", Int(parts[2]) != nil else {
      throw AdapterError(
        "\(source): “\(layer.name)” is adapted, and mlx-lm has adapters in the layers of decoders like Llama alone "
          + "(model.layers.0 …); merge it into the model, and convert that")
    }
    return parts[3]
  }
}
