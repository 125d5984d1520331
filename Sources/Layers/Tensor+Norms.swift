import OrchardTensors

extension Tensor {
  /// Root-mean-square normalisation over the last dimension, in single steps computed in fp32.
  public func rmsNormComposed(_ weight: Tensor, epsilon: Double) -> Tensor {
    let wide = to(.float32)
    let scale = ((wide * wide).mean(along: -1, keepingDimension: true) + epsilon).reciprocalSquareRoot
    return (wide * scale).to(dtype) * weight
  }

  /// Root-mean-square normalisation over the last dimension.
  public func rmsNorm(_ weight: Tensor, epsilon: Double) -> Tensor {
    rootMeanSquareNormalized(weight, epsilon: epsilon)
  }
}
