import OrchardLayers
import OrchardTensors

/// What turns hidden states into logits: the output matrix, a bias where there is one, and T5's scale.
public struct LanguageHead {
  /// The matrix `[V, D]`.
  public let weight: Parameter
  /// Hidden states are multiplied by this first: D^-½ in a T5 whose head is tied.
  public let scale: Double

  /// A head over the matrix `weight`.
  public init(weight: Parameter, scale: Double = 1) {
    self.weight = weight
    self.scale = scale
  }

  /// The logits `[…, V]` of hidden states `[…, D]`.
  public func logits(_ hidden: Tensor) -> Tensor {
    weight.product(scale == 1 ? hidden : hidden * scale)
  }
}
