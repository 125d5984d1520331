import Foundation
import OrchardJSON
import OrchardTensors

extension LowRankFile {
  private static let start = "base_model.model."
  private static let down = ".lora_A.weight"
  private static let up = ".lora_B.weight"
  private static let magnitude = ".lora_magnitude_vector"

  /// Reads a folder of peft's.
  init(peft folder: URL, _ configuration: AdapterConfiguration) throws {
    guard configuration.json["peft_type"]?.string == LoRASettings.peftType else {
      throw AdapterError(
        "\(configuration.source): is of the kind \(configuration.json["peft_type"]?.string ?? "none"); this is for LoRA "
          + "adapters alone")
    }
    let settings = try LoRASettings(published: configuration)
    guard settings.modulesToSave.isEmpty else {
      throw AdapterError(
        "\(configuration.source): has trained \(settings.modulesToSave.joined(separator: ", ")) as a whole, which is not "
          + "done here; merge it into the model first")
    }
    let file = try AdapterFolder.weights(in: folder)
    let names = file.entries.keys.filter { $0.hasSuffix(Self.down) }.map { String($0.dropLast(Self.down.count)) }
    guard !names.isEmpty else { throw AdapterError("\(file.url.path): holds no matrices of LoRA") }
    let layers = try names.map { stored -> Layer in
      guard let down = file.tensor(stored + Self.down), let up = file.tensor(stored + Self.up) else {
        throw AdapterError("\(file.url.path): lacks a matrix of “\(stored)”")
      }
      let name = stored.hasPrefix(Self.start) ? String(stored.dropFirst(Self.start.count)) : stored
      let lengths = file.tensor(stored + Self.magnitude) ?? file.tensor(stored + Self.magnitude + ".weight")
      return Layer(
        name: name, down: down.to(.float32), up: up.to(.float32),
        scale: settings.scale(rank: down.size(0)) { AdaptableLayer.isCalled(name, $0) },
        magnitude: lengths?.to(.float32))
    }
    self.init(
      source: folder.path, layers: layers, dropout: settings.dropout, configuration: configuration.json,
      digest: file.metadata[BaseDigest.key])
  }

  /// Writes a folder as peft reads it.
  func writePEFT(_ dtype: DType, to folder: URL) throws {
    let weights = layers.flatMap { layer -> [(name: String, tensor: Tensor)] in
      let name = Self.start + layer.name
      return [(name + Self.down, layer.down), (name + Self.up, layer.up)]
        + (layer.magnitude.map { [(name + Self.magnitude, $0)] } ?? [])
    }
    try AdapterFolder.write(
      weights.map { ($0.name, $0.tensor.to(dtype)) }, peftConfiguration, digest: digest, to: folder)
  }

  /// The configuration of a decoder's adapter that comes from elsewhere, but for what `peftConfiguration` adds.
  static func peftConfiguration(base: JSONValue) -> JSONObject {
    JSONObject([
      ("peft_type", .string(LoRASettings.peftType)), ("task_type", "CAUSAL_LM"), ("base_model_name_or_path", base),
      ("inference_mode", true), ("bias", "none"), ("fan_in_fan_out", false), ("modules_to_save", .null),
      ("init_lora_weights", true),
    ])
  }

  /// The configuration, with the ranks and factors of each layer.
  private var peftConfiguration: JSONObject {
    var object = configuration
    let usual = usual
    let others = layers.filter { $0.rank != usual.rank || $0.scale != usual.scale }
    object["r"] = .integer(usual.rank)
    object["lora_alpha"] = .number(usual.scale * Double(usual.rank))
    object["use_rslora"] = false
    object["use_dora"] = .bool(layers.contains { $0.magnitude != nil })
    object["lora_dropout"] = .number(dropout)
    object["rank_pattern"] = .object(JSONObject(others.map { ($0.name, .integer($0.rank)) }))
    object["alpha_pattern"] = .object(JSONObject(others.map { ($0.name, .number($0.scale * Double($0.rank))) }))
    if object["target_modules"] == nil { object["target_modules"] = .array(layers.map { .string($0.name) }) }
    return object
  }

  /// The rank and factor that most layers have.
  var usual: (rank: Int, scale: Double) {
    let kinds = Dictionary(grouping: layers) { [Double($0.rank), $0.scale] }
    let most = kinds.max { ($0.value.count, $0.key[0], $0.key[1]) < ($1.value.count, $1.key[0], $1.key[1]) }
    return most.map { (Int($0.key[0]), $0.key[1]) } ?? (1, 1)
  }
}
