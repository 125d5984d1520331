import OrchardSettings

/// Takes an amount from a token's logit for each time that the answer already holds it (the parameter of OpenAI's
/// interface).
///
/// The prompt does not count.
public struct FrequencyPenalty: LogitStep {
  /// What is taken from the logit for each time.
  public let penalty: Float

  /// A step with its penalty.
  public init(_ penalty: Double) { self.penalty = Float(penalty) }

  /// Lowers the logits of every token of the answer.
  public func apply(to row: LogitRow) {
    row.scratch.forEachCounted(row.generated) { token, count in row.logits[token] -= Float(count) * penalty }
  }

  static let kind = LogitStepKind(
    "frequency-penalty", "Taken from a token's logit for each time that the answer already holds it.", .range(-2...2),
    part: .always, off: 0
  ) { value, _ in FrequencyPenalty(value) }
}
