import OrchardTensors

// Joined forms of linear layers for decoding. Each falls back on the layers one by one, which they are checked against.
extension Linear {
  /// The plain matrix, where the layer has one and nothing is learned beside it.
  private var plainWeight: Tensor? {
    guard adapter == nil, let dense = slot as? DenseWeight, dense.weight.quantized == nil else { return nil }
    return dense.weight.tensor
  }

  /// The matrix in 8 or 4 bits, where the layer has one, nothing is learned beside it and no gradient is recorded.
  private func quantizedWeight(for input: Tensor) -> QuantizedMatrix? {
    guard adapter == nil, let dense = slot as? DenseWeight, !QuantizedMatrix.isRecorded(input) else { return nil }
    return dense.weight.quantized
  }

  private func plainWeight(forFewRows input: Tensor) -> Tensor? {
    guard let weight = plainWeight, input.hasFewRows(for: weight) else { return nil }
    return weight
  }

  /// The outputs of several layers for one input.
  package static func outputs(of layers: [Linear], for input: Tensor) -> [Tensor] {
    let quantized = layers.compactMap { $0.quantizedWeight(for: input) }
    if quantized.count == layers.count, Set(quantized.map(\.bits)).count == 1 {
      return QuantizedMatrix.linear(quantized, biases: layers.map { $0.bias?.tensor }, for: input)
    }
    let weights = layers.compactMap { $0.plainWeight(forFewRows: input) }
    guard weights.count == layers.count else { return layers.map { $0(input) } }
    return input.fewRowsLinear(weights, biases: layers.map { $0.bias?.tensor })
  }

  /// The layer's output added to a residual stream.
  package func callAsFunction(_ input: Tensor, addedTo residual: Tensor) -> Tensor {
    if let matrix = quantizedWeight(for: input), residual.dtype == input.dtype {
      return matrix.linear(input, bias: bias?.tensor, addedTo: residual)
    }
    guard let weight = plainWeight(forFewRows: input), residual.dtype == input.dtype else {
      return residual + self(input)
    }
    return input.fewRowsLinear(weight, bias: bias?.tensor, addedTo: residual)
  }

  /// activation(gate(input)) · up(input).
  static func gated(_ gate: Linear, _ up: Linear, _ activation: Activation, for input: Tensor) -> Tensor {
    if let gateMatrix = gate.quantizedWeight(for: input), let upMatrix = up.quantizedWeight(for: input),
      gateMatrix.bits == upMatrix.bits
    {
      return QuantizedMatrix.gated(
        gate: gateMatrix, gateBias: gate.bias?.tensor, up: upMatrix, upBias: up.bias?.tensor,
        activation: activation.forGates, for: input)
    }
    guard let gateWeight = gate.plainWeight(forFewRows: input), let upWeight = up.plainWeight(forFewRows: input) else {
      return gate(input).gated(by: activation, up(input))
    }
    return input.fewRowsGated(
      gate: gateWeight, gateBias: gate.bias?.tensor, up: upWeight, upBias: up.bias?.tensor,
      activation: activation.forGates)
  }
}

extension FeedForward {
  /// The part's output without dropout, added to a residual stream.
  package func callAsFunction(_ input: Tensor, addedTo residual: Tensor) -> Tensor {
    let inner = gate.map { Linear.gated($0, up, activation, for: input) } ?? activation(up(input))
    return down(inner, addedTo: residual)
  }
}
