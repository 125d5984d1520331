import OrchardTensors

/// Root-mean-square normalisation (Zhang and Sennrich 2019), without a mean and without a bias: T5, Llama.
public final class RMSNorm: Module {
  /// The scale `[D]`.
  public let weight: Parameter
  /// Added to the mean square.
  public let epsilon: Double

  /// A norm over the last dimension, of size `width`.
  public init(_ width: Int, epsilon: Double) {
    weight = Parameter([width], start: .constant(1))
    self.epsilon = epsilon
  }

  /// `input` `[…, D]` normalised over its last dimension.
  public func callAsFunction(_ input: Tensor) -> Tensor { input.rmsNorm(weight.tensor, epsilon: epsilon) }
}

/// Layer normalisation (Ba, Kiros and Hinton 2016): GPT-2, BERT.
public final class LayerNorm: Module {
  /// The scale `[D]`.
  public let weight: Parameter
  /// The shift `[D]`.
  public let bias: Parameter
  /// Added to the variance.
  public let epsilon: Double

  /// A norm over the last dimension, of size `width`.
  public init(_ width: Int, epsilon: Double) {
    weight = Parameter([width], start: .constant(1))
    bias = Parameter([width], start: .constant(0))
    self.epsilon = epsilon
  }

  /// `input` `[…, D]` normalised over its last dimension.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    input.layerNorm(weight: weight.tensor, bias: bias.tensor, epsilon: epsilon)
  }
}
