import CTorch

// Products for many rows that do what follows them in the same pass; without gradients they take oneDNN's kernels.
extension Tensor {
  /// activation(x·Wᵀ + b); without an activation the product itself.
  package func linear(_ weight: Tensor, bias: Tensor?, activation: GateActivation?) -> Tensor {
    Tensor(
      taking: ct_linear_activated(raw, weight.raw, bias?.raw, activation?.rawValue ?? -1), "linear", self, weight)
  }

  /// residual + x·Wᵀ + b.
  package func linear(_ weight: Tensor, bias: Tensor?, addedTo residual: Tensor) -> Tensor {
    Tensor(taking: ct_linear_added(residual.raw, raw, weight.raw, bias?.raw), "linear", residual, self, weight)
  }
}
