import OrchardSettings

/// Makes tokens that were already seen less likely: a positive logit is divided by the penalty, a negative one
/// multiplied (Keskar et al., "CTRL", 2019).
///
/// For a decoder the prompt counts as seen; for an encoder–decoder only what it wrote itself.
public struct RepetitionPenalty: LogitStep {
  /// Above 1 discourages repetition, below 1 encourages it.
  public let penalty: Float

  /// A step with its penalty.
  public init(_ penalty: Double) { self.penalty = Float(penalty) }

  /// Changes the logits of every token in the row's history, once each.
  public func apply(to row: LogitRow) { row.penalize(row.history, by: penalty) }

  static let kind = LogitStepKind(
    "repetition-penalty", "Above 1 makes tokens that were already seen less likely.", .above(0), part: .always, off: 1
  ) { value, _ in RepetitionPenalty(value) }
}

extension LogitRow {
  /// Divides the positive logits of tokens, and multiplies the negative ones, by `penalty`, once each.
  func penalize(_ tokens: [Int], by penalty: Float) {
    scratch.forEachDifferent(tokens) { token in
      guard token < logits.count else { return }
      let logit = logits[token]
      logits[token] = logit < 0 ? logit * penalty : logit / penalty
    }
  }
}
