import OrchardLayers
import OrchardTensors

/// What turns hidden states into logits: the output matrix, a bias where there is one, and T5's scale.
public struct LanguageHead {
  /// The matrix `[V, D]`.
  public let weight: Parameter
  /// Hidden states are multiplied by this first: D^-½ in a T5 whose head is tied.
  public let scale: Double
  /// What is added to the logits, `[V]` or `[1, V]`, where there is something: BART's.
  public let bias: Parameter?

  /// A head over the matrix `weight`.
  public init(weight: Parameter, scale: Double = 1, bias: Parameter? = nil) {
    self.weight = weight
    self.scale = scale
    self.bias = bias
  }

  /// The bias as `[V]`, as the fused losses take it.
  public var flatBias: Tensor? { bias.map { $0.tensor.reshaped([-1]) } }

  /// The logits `[…, V]` of hidden states `[…, D]`.
  public func logits(_ hidden: Tensor) -> Tensor {
    (scale == 1 ? hidden : hidden * scale).linear(weight.tensor, bias: flatBias)
  }
}
