import Foundation
import OrchardJSON
import OrchardTensors

/// A LoRA adapter as its files have it, apart from any model.
public struct LowRankFile {
  /// What is learned beside one layer: y = x·Wᵀ + s · (x·Aᵀ)·Bᵀ.
  struct Layer {
    /// The layer's name in a Hugging Face checkpoint.
    var name: String
    /// The first matrix A `[r, I]`, in fp32.
    var down: Tensor
    /// The second matrix B `[O, r]`, in fp32.
    var up: Tensor
    /// What the product is multiplied by, s.
    var scale: Double
    /// DoRA's lengths `[O]` of the rows, where they are learned.
    var magnitude: Tensor?

    var rank: Int { down.size(0) }
    /// Numbers that were learned.
    var count: Int { down.count + up.count + (magnitude?.count ?? 0) }
  }

  /// Where it was read.
  let source: String
  /// The layers in the order of their names.
  var layers: [Layer]
  /// The share of inputs that training leaves out.
  var dropout: Double
  /// peft's configuration, where it was read from such a folder.
  var configuration: JSONObject
  /// The digest of the base's weights, where it is known.
  var digest: String?

  /// Layers, and numbers that were learned.
  public var counts: (layers: Int, parameters: Int) { (layers.count, layers.reduce(0) { $0 + $1.count }) }

  /// Reads the folder of an adapter in whichever of the formats it is.
  ///
  /// - Throws: `AdapterError` where it is none of them, or no LoRA.
  public init(_ folder: URL) throws {
    let configuration = try AdapterConfiguration(folder: folder)
    self =
      try AdapterFormat.of(configuration) == .mlx ? Self(mlx: folder, configuration) : Self(peft: folder, configuration)
  }

  init(
    source: String, layers: [Layer], dropout: Double, configuration: JSONObject, digest: String? = nil
  ) {
    self.source = source
    self.layers = layers.sorted { $0.name < $1.name }
    self.dropout = dropout
    self.configuration = configuration
    self.digest = digest
  }

  /// Writes a folder in a format, its numbers in a type, each file whole or not at all.
  ///
  /// - Throws: `AdapterError` where the format has no place for what was learned; `EngineError` where the folder cannot
  ///   be written to.
  public func write(_ format: AdapterFormat, _ dtype: DType = .float32, to folder: URL) throws {
    switch format {
    case .peft: try writePEFT(dtype, to: folder)
    case .mlx: try writeMLX(dtype, to: folder)
    }
  }
}

/// The formats of adapters' folders.
public enum AdapterFormat: String, CaseIterable, Sendable {
  /// Hugging Face's peft, which Orchard writes itself.
  case peft
  /// Apple's mlx-lm.
  case mlx

  /// The format that a folder's configuration is in.
  ///
  /// - Throws: `AdapterError` where it is neither.
  public static func of(_ configuration: AdapterConfiguration) throws -> AdapterFormat {
    if configuration.json["peft_type"] != nil { return .peft }
    if configuration.json["fine_tune_type"] != nil { return .mlx }
    throw AdapterError(
      "\(configuration.source): has neither peft's “peft_type” nor mlx-lm's “fine_tune_type”; it is no adapter's that is known"
    )
  }
}
