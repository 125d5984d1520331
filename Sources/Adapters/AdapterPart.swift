import OrchardLayers
import OrchardTensors

/// What an adapter learns beside one linear layer.
public protocol AdapterPart: LinearAdapter {
  /// What is learned, by the names that peft gives it behind the layer's own: `lora_A.weight`.
  var weights: [(name: String, parameter: Parameter)] { get }
  /// Names of weights that get no gradient in the very first step, because what they are multiplied with begins at 0.
  var restingAtFirst: Set<String> { get }
  /// The layer's matrix `[O, I]` and bias `[O]`, in fp32, as they would have to be to do the adapter's work too.
  func merged(weight: Tensor, bias: Tensor?) -> (weight: Tensor, bias: Tensor?)
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

  /// The last part of our path: what the layer does.
  public var role: Substring { path.split(separator: ".").last ?? "" }
}
