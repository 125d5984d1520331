// Bottleneck adapters (Houlsby and others, Parameter-Efficient Transfer Learning for NLP, 2019; Pfeiffer and others,
// AdapterFusion, 2021). Letters: D the width, r that of the bottleneck.

import OrchardJSON
import OrchardLayers
import OrchardSettings
import OrchardTensors

/// Behind which parts of each layer a bottleneck stands.
public enum BottleneckPlaces: String, NamedChoice {
  /// Behind attention and behind the feed-forward part, as Houlsby has it.
  case both
  /// Behind the feed-forward part alone, as Pfeiffer has it.
  case feedForward = "feed-forward"
}

extension Activation: NamedChoice {}

/// Settings of bottleneck adapters.
public struct BottleneckSettings: LayerAdapterSettings, Equatable {
  /// The width of the bottleneck, r.
  public var rank = 64
  /// Behind which parts it stands.
  public var places = BottleneckPlaces.both
  /// What stands between the two matrices.
  public var activation = Activation.relu
  /// Which layers' outputs it is behind: those of the places, unless others are named.
  public var targets = TargetSettings()

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "Bottleneck adapters: D to r to D behind parts of each layer (Houlsby, Pfeiffer)."
  /// BOTTLENECK: a name of Orchard's own, for peft has no such kind.
  public static let peftType = "BOTTLENECK"
  /// The layers that write into the stream: out of attention, and down in feed-forward parts.
  public var usualRoles: Set<String> { places == .both ? ["output", "down"] : ["down"] }
  /// No layers beside the targets.
  public var mentioned: [(setting: String, names: [String])] { [] }

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("rank", \.rank, "The width of the bottleneck: 2 · r · D + r + D numbers a place.", .range(1...)),
      Field("places", \.places, "Behind which parts: both is Houlsby's, feed-forward Pfeiffer's."),
      Field("activation", \.activation, "What stands between the two matrices."),
      Field("targets", \.targets, "Behind which layers' outputs; those of the places if empty."),
    ]
  }

  /// A bottleneck behind a layer.
  ///
  /// - Throws: `AdapterError` for a bottleneck that is none.
  public func makePart(for target: AdaptableLayer) throws -> any AdapterPart {
    let width = target.layer.slot.outputCount
    guard rank < width else {
      throw AdapterError(
        "the rank \(rank) is no bottleneck behind the layer “\(target.name)”, which is \(width) wide; take less")
    }
    return Bottleneck(width: width, rank: rank, activation: activation)
  }

  /// The first matrix evenly within ±1/√D, all else zero: the model is as it was.
  public func initialize(_ part: any AdapterPart) {
    guard let part = part as? Bottleneck else { return }
    let bound = 1 / Double(part.down.shape[1]).squareRoot()
    for entry in part.weights { entry.parameter.load(.zeros(entry.parameter.shape)) }
    part.down.load(.uniform(part.down.shape) * (2 * bound) - bound)
  }

  /// The keys of the folder's configuration.
  public func configuration(for layers: [AdaptableLayer], named names: [String]) -> [(String, JSONValue)] {
    [("r", .integer(rank)), ("places", .string(places.rawValue)), ("activation", .string(activation.rawValue))]
  }

  /// The settings in a folder's configuration.
  public init(_ configuration: AdapterConfiguration) throws {
    rank = try configuration.integer("r")
    let json = configuration.json
    guard let places = BottleneckPlaces(rawValue: json["places"]?.string ?? "both"),
      let activation = Activation(rawValue: json["activation"]?.string ?? "relu")
    else { throw AdapterError("\(configuration.source): “places” or “activation” is not known here") }
    (self.places, self.activation) = (places, activation)
  }
}

/// y + Up · f(Down · y + a) + b, of a layer's output y.
public final class Bottleneck: AdapterPart {
  /// The matrix down `[r, D]`.
  public let down: Parameter
  /// The matrix up `[D, r]`.
  public let up: Parameter
  private let downBias: Parameter
  private let upBias: Parameter
  private let activation: Activation

  init(width: Int, rank: Int, activation: Activation) {
    down = Parameter([rank, width], start: .constant(0))
    downBias = Parameter([rank], start: .constant(0))
    up = Parameter([width, rank], start: .constant(0))
    upBias = Parameter([width], start: .constant(0))
    self.activation = activation
  }

  /// Both matrices with their biases.
  public var weights: [(name: String, parameter: Parameter)] {
    [
      ("adapter_down.weight", down), ("adapter_down.bias", downBias), ("adapter_up.weight", up),
      ("adapter_up.bias", upBias),
    ]
  }

  /// What is multiplied with zeros at first.
  public let restingAtFirst: Set<String> = ["adapter_down.weight", "adapter_down.bias"]

  /// A bend between two matrices is no matrix.
  public let isMergeable = false

  /// The output, and what the bottleneck makes of it.
  public func adapted(_ output: Tensor, input: Tensor) -> Tensor {
    let inner = output.to(down.tensor.dtype).linear(down.tensor, bias: downBias.tensor)
    return output + activation(inner).linear(up.tensor, bias: upBias.tensor).to(output.dtype)
  }

  /// Nothing: see `isMergeable`.
  public func merged(weight: Tensor, bias: Tensor?) -> (weight: Tensor, bias: Tensor?) { (weight, bias) }
}
