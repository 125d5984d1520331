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

  private let sources: [(part: Part, file: LowRankFile)]
  private let method: CombinationMethod
  private let density: Double

  /// Reads adapters that are to be combined; of each that is dropped from, a `density` share of the numbers is kept.
  ///
  /// - Throws: `AdapterError` where one is no plain LoRA adapter, or they are for different models, unless `anyBase`.
  public init(_ parts: [Part], method: CombinationMethod, density: Double = 1, anyBase: Bool = false) throws {
    guard parts.count > 1 else { throw AdapterError("one adapter alone cannot be combined; name two or more") }
    sources = try parts.map { ($0, try Self.read($0.folder)) }
    self.method = method
    self.density = density
    guard !anyBase, let first = sources.first else { return }
    for other in sources.dropFirst() {
      let (a, b) = (first.file.digest, other.file.digest)
      guard a == nil || b == nil || a == b else {
        throw AdapterError(
          "\(other.part.folder.path): was learned beside another model than \(first.part.folder.path) "
            + "(\(b?.prefix(12) ?? ""), not \(a?.prefix(12) ?? "")); combine adapters of one model, or force it by --any-base"
        )
      }
    }
  }

  private static func read(_ folder: URL) throws -> LowRankFile {
    let file = try LowRankFile(folder)
    guard file.layers.allSatisfy({ $0.magnitude == nil }) else {
      throw AdapterError(
        "\(folder.path): learns lengths of rows as well (DoRA), which have no sum; merge it into the model first")
    }
    return file
  }

  /// Combines the adapters and writes a peft folder, whole or not at all; returns the number of layers and of numbers.
  ///
  /// - Throws: `AdapterError` where matrices do not fit each other; `EngineError` where the folder cannot be written to.
  @discardableResult
  public func write(to folder: URL) throws -> (layers: Int, parameters: Int) {
    let names = sources.map { Set($0.file.layers.map(\.name)) }
    let made = try names.reduce(Set()) { $0.union($1) }.sorted().map(layer)
    var configuration = sources[0].file.configuration
    // Where all adapt the same layers, they go by the first one's names.
    if Set(names).count > 1 { configuration["target_modules"] = .array(made.map { .string($0.name) }) }
    let file = LowRankFile(
      source: folder.path, layers: made, dropout: 0, configuration: configuration,
      digest: sources.lazy.compactMap(\.file.digest).first)
    try file.write(.peft, to: folder)
    return file.counts
  }

  private func layer(_ name: String) throws -> LowRankFile.Layer {
    var (downs, ups, factors): ([Tensor], [Tensor], [Double]) = ([], [], [])
    for source in sources {
      guard let layer = source.file.layers.first(where: { $0.name == name }) else { continue }
      let (down, up) = (layer.down, layer.up)
      if let other = downs.first, down.size(1) != other.size(1) || up.size(0) != ups[0].size(0) {
        throw AdapterError(
          "\(source.file.source): “\(name)” has another width; the adapters are for different models")
      }
      if method != .sum, let other = downs.first, down.size(0) != other.size(0) {
        throw AdapterError(
          "\(source.file.source): “\(name)” has the rank \(down.size(0)), another one \(other.size(0)); only the method "
            + "sum takes different ranks")
      }
      downs.append(down)
      ups.append(up)
      factors.append(source.part.weight * layer.scale)
    }
    let roots = factors.map { abs($0).squareRoot() }
    let signed = zip(factors, roots).map { $0 < 0 ? -$1 : $1 }
    if method == .sum {
      return LowRankFile.Layer(
        name: name, down: .concatenated(zip(downs, signed).map { $0 * $1 }, along: 0),
        up: .concatenated(zip(ups, roots).map { $0 * $1 }, along: 1), scale: 1)
    }
    return LowRankFile.Layer(
      name: name, down: method.combined(downs, signed, density: density),
      up: method.combined(ups, roots, density: density), scale: 1)
  }
}
