import OrchardSettings

/// Replaces logits that are no numbers by 0, and infinite ones by the greatest or least finite number.
public struct RemoveInvalidValues: LogitStep {
  /// A step.
  public init() {}

  /// Makes every logit finite.
  public func apply(to row: LogitRow) {
    let most = Float.greatestFiniteMagnitude
    for token in row.logits.indices {
      let logit = row.logits[token]
      row.logits[token] = logit.isNaN ? 0 : max(-most, min(most, logit))
    }
  }

  static let kind = LogitStepKind(
    "remove-invalid-values", "Replaces logits that are no numbers, instead of ending with an error.", part: .always
  ) { (value: Bool, _) in value ? RemoveInvalidValues() : nil }
}
