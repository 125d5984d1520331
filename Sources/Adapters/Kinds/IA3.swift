// Infused adapter by inhibiting and amplifying inner activations (Liu and others, Few-Shot Parameter-Efficient
// Fine-Tuning, 2022).

import OrchardJSON
import OrchardLayers
import OrchardSettings
import OrchardTensors

/// Settings of IA³.
public struct IA3Settings: LayerAdapterSettings, Equatable {
  /// Which layers are adapted: keys, values and the feed-forward parts' layers down, unless others are named.
  public var targets = TargetSettings()
  /// Parts of the model of which a copy is trained as a whole: its head, its table of tokens.
  public var modulesToSave: [String] = []
  /// Of these, the layers whose inputs are scaled, by names or the ends of names; nil takes the layers down.
  public var feedForward: [String]?

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "IA³: a factor for each output of keys and values, each input of feed-forward parts."
  /// IA3.
  public static let peftType = "IA3"
  /// Keys, values, or the layer that makes them together with the queries, and the feed-forward parts' layers down.
  public var usualRoles: Set<String> { ["key", "value", "joined", "down"] }

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("targets", \.targets, "Which layers are adapted; keys, values and feed-forward parts if empty."),
      Field(
        "feed-forward", \.feedForward, "Of these, the layers whose inputs are scaled; empty takes those down, [] none."),
      Field("modules-to-save", \.modulesToSave, "Parts trained as a whole beside them: lm_head, embed_tokens, norm."),
    ]
  }

  /// The layers whose inputs are scaled.
  public var mentioned: [(setting: String, names: [String])] { [("adapter.feed-forward", feedForward ?? [])] }

  /// The factors beside a layer.
  public func makePart(for target: AdaptableLayer) -> any AdapterPart {
    let scalesInputs = scalesInputs(of: target)
    let count = scalesInputs ? target.layer.slot.inputCount : target.layer.slot.outputCount
    return IA3(count: count, base: target.layer, scalesInputs: scalesInputs)
  }

  private func scalesInputs(of target: AdaptableLayer) -> Bool {
    feedForward.map { $0.contains(where: target.isCalled) } ?? (target.role == "down")
  }

  /// All factors 1: the model is as it was.
  public func initialize(_ part: any AdapterPart) {
    for entry in part.weights { entry.parameter.load(.ones(entry.parameter.shape)) }
  }

  /// The keys of peft's IA3Config.
  public func configuration(for layers: [AdaptableLayer], named names: [String]) -> [(String, JSONValue)] {
    // peft wants each of these among the targets, letter by letter.
    let forward = names.filter { name in layers.contains { $0.isCalled(name) && scalesInputs(of: $0) } }
    return [
      ("feedforward_modules", .array(forward.map { .string($0) })), ("init_ia3_weights", true),
      ("fan_in_fan_out", .bool(layers.contains(where: \.isTransposed))),
    ]
  }

  /// The settings in peft's IA3Config.
  public init(_ configuration: AdapterConfiguration) throws {
    modulesToSave = try configuration.names("modules_to_save")
    feedForward = try configuration.names("feedforward_modules")
  }
}

/// The layer's outputs, or its inputs, each times a learned factor.
public final class IA3: AdapterPart {
  /// The factors: `[O, 1]` of outputs, `[1, I]` of inputs.
  public let factors: Parameter
  private let scalesInputs: Bool
  private unowned let base: Linear

  init(count: Int, base: Linear, scalesInputs: Bool) {
    factors = Parameter(scalesInputs ? [1, count] : [count, 1], start: .constant(1))
    self.base = base
    self.scalesInputs = scalesInputs
  }

  /// The factors.
  public var weights: [(name: String, parameter: Parameter)] { [("ia3_l", factors)] }

  /// The output with the factors.
  public func adapted(_ output: Tensor, input: Tensor) -> Tensor {
    let flat = factors.tensor.reshaped([-1]).to(output.dtype)
    guard scalesInputs else { return output * flat }
    let made = base.slot.product(input * flat)
    return base.bias.map { made + $0.tensor } ?? made
  }

  /// The matrix with its rows, or its columns, scaled.
  public func merged(weight: Tensor, bias: Tensor?) -> (weight: Tensor, bias: Tensor?) {
    let wide = factors.tensor.to(.float32)
    return (weight * wide, scalesInputs ? bias : bias.map { $0 * wide.reshaped([-1]) })
  }
}
