import OrchardTensors

/// A normalisation over the last dimension.
public protocol Norm: Module {
  /// `input` `[…, D]` normalised over its last dimension.
  func callAsFunction(_ input: Tensor) -> Tensor
}

/// Root-mean-square normalisation (Zhang and Sennrich 2019), without a mean and without a bias: T5, Llama, Gemma.
public final class RMSNorm: Norm {
  /// The scale `[D]`.
  public let weight: Parameter
  /// Added to the mean square.
  public let epsilon: Double
  /// Added to the scale: 1 in Gemma, whose checkpoints keep the scale's distance from 1.
  public let offset: Double

  /// A norm over the last dimension, of size `width`.
  public init(_ width: Int, epsilon: Double, offset: Double = 0) {
    weight = Parameter([width], start: .constant(1 - offset))
    self.epsilon = epsilon
    self.offset = offset
  }

  /// `input` `[…, D]` normalised over its last dimension.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    if offset == 0 { return input.rmsNorm(weight.tensor, epsilon: epsilon) }
    // In fp32: half of a narrow type's digits would be lost on the 1.
    let scale = weight.tensor.to(.float32) + offset
    return input.to(.float32).rmsNorm(scale, epsilon: epsilon).to(input.dtype)
  }
}

/// Layer normalisation (Ba, Kiros and Hinton 2016): GPT-2, BERT.
public final class LayerNorm: Norm {
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
