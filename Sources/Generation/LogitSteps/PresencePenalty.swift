import OrchardSettings

/// Takes a fixed amount from the logits of tokens that the answer already holds (the parameter of OpenAI's interface).
///
/// The prompt does not count.
public struct PresencePenalty: LogitStep {
  /// What is taken from the logit.
  public let penalty: Float

  /// A step with its penalty.
  public init(_ penalty: Double) { self.penalty = Float(penalty) }

  /// Lowers the logits of every token of the answer, once each.
  public func apply(to row: LogitRow) {
    row.scratch.forEachDifferent(row.generated) { row.logits[$0] -= penalty }
  }

  static let kind = LogitStepKind(
    "presence-penalty", "Taken once from the logit of each token that the answer already holds.", .range(-2...2),
    part: .always, off: 0
  ) { value, _ in PresencePenalty(value) }
}
