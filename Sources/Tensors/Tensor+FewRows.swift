import CTorch

// Products of a few rows with weights, as decoding needs them: several in one pass over the input.
// `linear(_:bias:)` takes the fast kernel by itself; these join what can be joined.
extension Tensor {
  /// Whether x·Wᵀ of this input `[…, I]` and `weight` `[O, I]` is a case for the kernels of this file.
  ///
  /// True for a few rows of fp32 or bf16 on the CPU of which nothing is recorded for gradients.
  package func hasFewRows(for weight: Tensor) -> Bool { ct_takes_few_rows(raw, weight.raw) }

  /// x·Wᵀ + b for several weights at once; only where `hasFewRows` is true for each.
  package func fewRowsLinear(_ weights: [Tensor], biases: [Tensor?]) -> [Tensor] {
    let weightsRaw = weights.map { Optional($0.raw) }
    let biasesRaw = biases.map { $0?.raw }
    var results = [ct_tensor?](repeating: nil, count: weights.count)
    let status = withExtendedLifetime((weights, biases)) {
      ct_few_rows_linear(raw, weightsRaw, biasesRaw, weights.count, &results)
    }
    if status != 0 { Engine.failed("linear of a few rows", [shape] + weights.map(\.shape)) }
    return results.map { Tensor(taking: $0, "linear of a few rows") }
  }

  /// residual + x·Wᵀ + b; only where `hasFewRows` is true.
  package func fewRowsLinear(_ weight: Tensor, bias: Tensor?, addedTo residual: Tensor) -> Tensor {
    Tensor(
      taking: ct_few_rows_added(residual.raw, raw, weight.raw, bias?.raw), "linear of a few rows", self, weight,
      residual)
  }

  /// activation(x·Gᵀ) · (x·Uᵀ), each with its bias; only where `hasFewRows` is true for both.
  package func fewRowsGated(
    gate: Tensor, gateBias: Tensor?, up: Tensor, upBias: Tensor?, activation: GateActivation
  ) -> Tensor {
    Tensor(
      taking: ct_few_rows_gated(raw, gate.raw, gateBias?.raw, up.raw, upBias?.raw, activation.rawValue),
      "gated linear of a few rows", self, gate, up)
  }
}
