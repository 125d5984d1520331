import OrchardTensors

extension Tensor {
  /// The greatest distance between two elements, relative to the greatest expected one where that is above 1.
  func distance(to expected: Tensor) -> Double {
    guard count > 0 else { return shape == expected.shape ? 0 : .infinity }
    guard shape == expected.shape else { return .infinity }
    let wide = expected.to(.float32)
    let scale = max(1, wide.absolute.reshaped([-1]).maximum(along: 0).scalar)
    let distance = (to(.float32) - wide).absolute.reshaped([-1]).maximum(along: 0).scalar
    return distance.isNaN ? .infinity : distance / scale
  }

  /// A copy of its own whose gradient is wanted.
  func leaf() -> Tensor {
    let copy = detached.copied
    copy.setRequiresGradient(true)
    return copy
  }
}

/// The output of `body` and the gradients of its inputs, for a fixed random gradient from above.
func outcome(_ inputs: [Tensor], _ body: ([Tensor]) -> Tensor) -> (output: Tensor, gradients: [Tensor?]) {
  let leaves = inputs.map { $0.leaf() }
  let output = body(leaves)
  Engine.seed(99)
  output.backward(Tensor.normal(output.shape).to(output.dtype))
  return (output.detached, leaves.map(\.gradient))
}
