import OrchardTensors

/// Odds ratio preference optimisation: preferences beside fine-tuning, without a reference.
///
/// Hong, Lee and Thorne, "ORPO: monolithic preference optimization without reference model", 2024, equations 4 to 7. To the
/// cross-entropy of the chosen answer comes λ · -log σ(log of the ratio of odds).
public struct ORPOLoss: Sendable, Equatable {
  /// λ: how much the odds count.
  public var weight = 0.1

  /// The loss with its defaults.
  public init() {}

  /// λ times the loss of each pair's odds `[N]`, from the answers' log-probabilities a token: means, below 0.
  public func callAsFunction(policy: AnswerPairs) -> Tensor {
    func oddsLogarithm(_ logs: Tensor) -> Tensor { logs - (logs.exponential * -1 + 1).logarithm }
    return (oddsLogarithm(policy.chosen) - oddsLogarithm(policy.rejected)).logSigmoid * -weight
  }
}
