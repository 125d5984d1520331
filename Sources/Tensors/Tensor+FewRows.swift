import CTorch

// Products of a few rows with weights, as decoding needs them: several in one pass over the input.
// `linear(_:bias:)` takes the fast kernel by itself; this joins several.
extension Tensor {
  /// Whether x·Wᵀ of this input `[…, I]` and `weight` `[O, I]` is a case for that kernel.
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
}
