import OrchardTensors

// Forms of linear layers without gradients: what stands behind the product (bias, activation, gate, residual) in one
// pass with it, and products that share an input joined. Each falls back on the layers one by one, which it is checked
// against.
extension Linear {
  /// The plain matrix, where the layer has one, nothing is learned beside it and no gradient is recorded.
  private var plainMatrix: Tensor? {
    guard adapter == nil, let dense = slot as? DenseWeight, dense.weight.compact == nil, !Tensor.recordsGradients
    else { return nil }
    return dense.weight.tensor
  }

  /// The matrix of few bits, likewise.
  private func compactMatrix(for input: Tensor) -> (any CompactMatrix)? {
    guard adapter == nil, let dense = slot as? DenseWeight, !QuantizedMatrix.isRecorded(input) else { return nil }
    return dense.weight.compact
  }

  /// The matrix in whole numbers of 8 or 4 bits, likewise.
  private func quantizedMatrix(for input: Tensor) -> QuantizedMatrix? {
    compactMatrix(for: input) as? QuantizedMatrix
  }

  /// activation(x·Wᵀ + b).
  package func callAsFunction(_ input: Tensor, activation: Activation) -> Tensor {
    guard let plainMatrix else { return activation(self(input)) }
    return input.linear(plainMatrix, bias: bias?.tensor, activation: activation.forGates)
  }

  /// x·Wᵀ + b in one pass.
  package func whole(_ input: Tensor) -> Tensor {
    if let matrix = compactMatrix(for: input) { return matrix.linear(input, bias: bias?.tensor, addedTo: nil) }
    guard let plainMatrix else { return self(input) }
    return input.linear(plainMatrix, bias: bias?.tensor, activation: nil)
  }

  /// residual + x·Wᵀ + b.
  package func whole(_ input: Tensor, addedTo residual: Tensor) -> Tensor {
    guard residual.dtype == input.dtype else { return residual + self(input) }
    if let matrix = compactMatrix(for: input) {
      return matrix.linear(input, bias: bias?.tensor, addedTo: residual)
    }
    guard let plainMatrix else { return residual + self(input) }
    return input.linear(plainMatrix, bias: bias?.tensor, addedTo: residual)
  }

  /// The outputs of several layers for one input.
  package static func outputs(of layers: [Linear], for input: Tensor) -> [Tensor] {
    let quantized = layers.compactMap { $0.quantizedMatrix(for: input) }
    if quantized.count == layers.count, Set(quantized.map(\.bits)).count == 1 {
      return QuantizedMatrix.linear(quantized, biases: layers.map { $0.bias?.tensor }, for: input)
    }
    let plain = layers.compactMap(\.plainMatrix)
    guard plain.count == layers.count, plain.allSatisfy(input.hasFewRows) else { return layers.map { $0(input) } }
    return input.fewRowsLinear(plain, biases: layers.map { $0.bias?.tensor })
  }

  /// activation(gate(input)) · up(input), where both are quantised alike.
  fileprivate static func gated(_ gate: Linear, _ up: Linear, _ activation: Activation, for input: Tensor) -> Tensor? {
    guard let gateMatrix = gate.quantizedMatrix(for: input), let upMatrix = up.quantizedMatrix(for: input),
      gateMatrix.bits == upMatrix.bits
    else { return nil }
    return QuantizedMatrix.gated(
      gate: gateMatrix, gateBias: gate.bias?.tensor, up: upMatrix, upBias: up.bias?.tensor,
      activation: activation.forGates, for: input)
  }
}

extension FeedForward {
  /// The part's output without dropout, added to a residual stream.
  package func whole(_ input: Tensor, addedTo residual: Tensor) -> Tensor {
    down.whole(inner(input), addedTo: residual)
  }

  private func inner(_ input: Tensor) -> Tensor {
    guard let gate else { return up(input, activation: activation) }
    return Linear.gated(gate, up, activation, for: input) ?? gate(input).gated(by: activation, up.whole(input))
  }
}
