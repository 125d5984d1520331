import OrchardSettings

/// Turns the logits back into log-probabilities after all other steps.
///
/// Beams are told apart by sums of these numbers; for greedy decoding and draws nothing changes.
public struct RenormalizeLogits: LogitStep {
  /// A step.
  public init() {}

  /// Subtracts the logarithm of the sum of exponentials.
  public func apply(to row: LogitRow) {
    let sum = Float(row.distribution().logSum)
    for token in row.logits.indices { row.logits[token] -= sum }
  }

  static let kind = LogitStepKind(
    "renormalize-logits", "Beam search: whether scores are made probabilities again after the other steps.",
    part: .always
  ) { (value: Bool, _) in value ? RenormalizeLogits() : nil }
}
