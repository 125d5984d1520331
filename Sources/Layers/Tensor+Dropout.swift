import OrchardTensors

extension Tensor {
  /// This residual stream with a branch added to it, the branch after dropout.
  public func adding(_ branch: Tensor, dropout probability: Double) -> Tensor {
    probability == 0 ? self + branch : addingDropped(branch, probability)
  }
}
