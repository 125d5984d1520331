import OrchardTensors

extension ProximalLoss {
  /// The entropy of each distribution of logits `[…, V]`, in nats, `[…]`.
  public static func entropies(ofLogits logits: Tensor) -> Tensor {
    let logs = logits.logSoftmax(along: -1)
    return (logs.exponential * logs).sum(along: -1) * -1
  }
}
