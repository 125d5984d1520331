import Foundation
import OrchardJSON
import OrchardSettings
import OrchardTensors

/// Several LoRA adapters of one model as a new one: tasks added up, or taken away by weights below 0.
///
/// Adapters are combined as files; the model is not needed.
public struct AdapterCombination {
  /// An adapter and how much it counts.
  public struct Part: Sendable {
    /// Its folder.
    public let folder: URL
    /// How much it counts.
    public let weight: Double

    /// A part.
    public init(_ folder: URL, weight: Double) {
      self.folder = folder
      self.weight = weight
    }
  }

  /// What becomes of one layer.
  private struct Layer {
    let down: Tensor
    let up: Tensor
    var rank: Int { down.size(0) }
  }

  private struct Source {
    let part: Part
    let file: SafetensorsFile
    let configuration: AdapterConfiguration
    let settings: LoRASettings
    let layers: [String]
  }

  private let sources: [Source]
  private let method: CombinationMethod
  private let density: Double

  /// Reads adapters that are to be combined; of each that is dropped from, a `density` share of the numbers is kept.
  ///
  /// - Throws: `AdapterError` where one is no plain LoRA adapter, or they are for different models, unless `anyBase`.
  public init(_ parts: [Part], method: CombinationMethod, density: Double = 1, anyBase: Bool = false) throws {
    guard parts.count > 1 else { throw AdapterError("one adapter alone cannot be combined; name two or more") }
    sources = try parts.map(Self.source)
    self.method = method
    self.density = density
    guard !anyBase, let first = sources.first else { return }
    for other in sources.dropFirst() {
      let (a, b) = (first.file.metadata[BaseDigest.key], other.file.metadata[BaseDigest.key])
      guard a == nil || b == nil || a == b else {
        throw AdapterError(
          "\(other.part.folder.path): was learned beside another model than \(first.part.folder.path) "
            + "(\(b?.prefix(12) ?? ""), not \(a?.prefix(12) ?? "")); combine adapters of one model, or force it by --any-base"
        )
      }
    }
  }

  private static func source(_ part: Part) throws -> Source {
    let configuration = try AdapterConfiguration(folder: part.folder)
    guard configuration.json["peft_type"]?.string == LoRASettings.peftType else {
      throw AdapterError(
        "\(configuration.source): is of the kind \(configuration.json["peft_type"]?.string ?? "none"); LoRA adapters alone "
          + "can be combined")
    }
    let settings = try LoRASettings(published: configuration)
    guard settings.modulesToSave.isEmpty else {
      throw AdapterError(
        "\(configuration.source): has trained \(settings.modulesToSave.joined(separator: ", ")) as a whole, which is not "
          + "combined here; merge it into the model first")
    }
    guard !settings.magnitudes else {
      throw AdapterError(
        "\(configuration.source): learns lengths of rows as well (DoRA), which have no sum; merge it into the model first"
      )
    }
    let file = try AdapterFolder.weights(in: part.folder)
    let layers = file.entries.keys.filter { $0.hasSuffix(Self.down) }.map { String($0.dropLast(Self.down.count)) }
    guard !layers.isEmpty else { throw AdapterError("\(file.url.path): holds no matrices of LoRA") }
    return Source(part: part, file: file, configuration: configuration, settings: settings, layers: layers.sorted())
  }

  private static let down = ".lora_A.weight"
  private static let up = ".lora_B.weight"
  private static let start = "base_model.model."

  /// Combines the adapters and writes a peft folder, whole or not at all; returns the number of layers and of numbers.
  ///
  /// - Throws: `AdapterError` where matrices do not fit each other; `EngineError` where the folder cannot be written to.
  @discardableResult
  public func write(to folder: URL) throws -> (layers: Int, parameters: Int) {
    let made = try Set(sources.flatMap(\.layers)).sorted().map { ($0, try layer($0)) }
    try AdapterFolder.write(
      made.flatMap { [($0 + Self.down, $1.down), ($0 + Self.up, $1.up)] }, configuration(made),
      digest: sources.lazy.compactMap { $0.file.metadata[BaseDigest.key] }.first, to: folder)
    return (made.count, made.reduce(0) { $0 + $1.1.down.count + $1.1.up.count })
  }

  private func layer(_ name: String) throws -> Layer {
    let layer = String(name.dropFirst(Self.start.count))
    var (downs, ups, factors): ([Tensor], [Tensor], [Double]) = ([], [], [])
    for source in sources where source.layers.contains(name) {
      guard let down = source.file.tensor(name + Self.down)?.to(.float32),
        let up = source.file.tensor(name + Self.up)?.to(.float32)
      else { throw AdapterError("\(source.file.url.path): lacks a matrix of “\(name)”") }
      if let other = downs.first, down.size(1) != other.size(1) || up.size(0) != ups[0].size(0) {
        throw AdapterError(
          "\(source.file.url.path): “\(name)” has another width; the adapters are for different models")
      }
      if method != .sum, let other = downs.first, down.size(0) != other.size(0) {
        throw AdapterError(
          "\(source.file.url.path): “\(name)” has the rank \(down.size(0)), another one \(other.size(0)); only the method "
            + "sum takes different ranks")
      }
      downs.append(down)
      ups.append(up)
      let scale = source.settings.scale(rank: down.size(0)) { AdaptableLayer.isCalled(layer, $0) }
      factors.append(source.part.weight * scale)
    }
    let roots = factors.map { abs($0).squareRoot() }
    let signed = zip(factors, roots).map { $0 < 0 ? -$1 : $1 }
    if method == .sum {
      return Layer(
        down: .concatenated(zip(downs, signed).map { $0 * $1 }, along: 0),
        up: .concatenated(zip(ups, roots).map { $0 * $1 }, along: 1))
    }
    return Layer(
      down: method.combined(downs, signed, density: density), up: method.combined(ups, roots, density: density))
  }

  /// The first adapter's configuration, with targets and ranks of what was made: its scale is 1 everywhere.
  private func configuration(_ made: [(name: String, layer: Layer)]) -> JSONObject {
    var object = sources[0].configuration.json
    let ranks = made.map(\.layer.rank)
    let usual =
      Dictionary(grouping: ranks, by: { $0 }).max { ($0.value.count, $0.key) < ($1.value.count, $1.key) }?.key ?? 1
    let others = made.filter { $0.layer.rank != usual }.map {
      (String($0.name.dropFirst(Self.start.count)), $0.layer.rank)
    }
    object["r"] = .integer(usual)
    object["lora_alpha"] = .integer(usual)
    object["use_rslora"] = false
    object["lora_dropout"] = 0
    object["rank_pattern"] = .object(JSONObject(others.map { ($0, .integer($1)) }))
    object["alpha_pattern"] = .object(JSONObject(others.map { ($0, .integer($1)) }))
    // Where all adapt the same layers, they go by the first one's names.
    if Set(sources.map(\.layers)).count == 1 { return object }
    object["target_modules"] = .array(made.map { .string(String($0.name.dropFirst(Self.start.count))) })
    return object
  }
}
