import OrchardLayers
import OrchardTensors

/// What an adapter learns beside one linear layer.
public protocol AdapterPart: LinearAdapter {
  /// What is learned, by the names that peft gives it behind the layer's own: `lora_A.weight`.
  var weights: [(name: String, parameter: Parameter)] { get }
  /// Names of weights that get no gradient in the very first step, because what they are multiplied with begins at 0.
  var restingAtFirst: Set<String> { get }
  /// How many times the run's learning rate a weight learns at, by its name; those that are not named learn at it.
  var rates: [String: Double] { get }
  /// What the layer reads of it, by the same names: what is learned, unless something comes to it.
  var published: [(name: String, tensor: Tensor)] { get }
  /// Numbers that stay as they began, which training goes on from too.
  var fixed: [(name: String, parameter: Parameter)] { get }
  /// Takes what begins with the layer's own numbers, such as DoRA's magnitudes, from it.
  func prepare(beside layer: Linear)
  /// Whether the layer's weights can do its work.
  var isMergeable: Bool { get }
  /// The layer's matrix `[O, I]` and bias `[O]`, in fp32, as they would have to be to do the adapter's work too.
  func merged(weight: Tensor, bias: Tensor?) -> (weight: Tensor, bias: Tensor?)
}

extension AdapterPart {
  /// Every weight gets a gradient in the first step, unless the kind says otherwise.
  public var restingAtFirst: Set<String> { [] }
  /// Weights can do the work, unless the kind says otherwise.
  public var isMergeable: Bool { true }
  /// Every weight learns at the run's rate, unless the kind says otherwise.
  public var rates: [String: Double] { [:] }
  /// What is learned is what is read, unless the kind says otherwise.
  public var published: [(name: String, tensor: Tensor)] { weights.map { ($0.name, $0.parameter.tensor.detached) } }
  /// All numbers are learned, unless the kind says otherwise.
  public var fixed: [(name: String, parameter: Parameter)] { [] }
  /// Nothing begins with the layer's numbers, unless the kind says otherwise.
  public func prepare(beside layer: Linear) {}
}

/// A linear layer that an adapter may be attached to.
public struct AdaptableLayer {
  /// The layer's name in a Hugging Face checkpoint: `decoder.block.0.layer.0.SelfAttention.q`.
  public let name: String
  /// Its place in our model: `decoder.layers.0.attention.query`.
  public let path: String
  /// Whether checkpoints keep its matrix as `[I, O]`.
  public let isTransposed: Bool
  /// The layer.
  public let layer: Linear

  /// A layer with its names.
  public init(name: String, path: String, isTransposed: Bool, layer: Linear) {
    self.name = name
    self.path = path
    self.isTransposed = isTransposed
    self.layer = layer
  }

  /// Whether `name` is the layer's name, or the end of it.
  public func isCalled(_ name: String) -> Bool { Self.isCalled(self.name, name) }

  /// Whether `name` is `whole`, or the end of it.
  static func isCalled(_ whole: String, _ name: String) -> Bool { whole == name || whole.hasSuffix("." + name) }

  /// The last part of the layer's name.
  var lastName: String { name.split(separator: ".").last.map(String.init) ?? name }

  /// The last part of our path: what the layer does.
  public var role: Substring { path.split(separator: ".").last ?? "" }
}
