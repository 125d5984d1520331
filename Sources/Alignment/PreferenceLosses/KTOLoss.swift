import OrchardTensors

/// Kahneman–Tversky optimisation: answers that are each good or bad, not in pairs.
///
/// Ethayarajh and others, "KTO: model alignment as prospect theoretic optimization", 2024, equation 8: gains and losses are
/// seen from where the policy has drifted on the whole.
public struct KTOLoss: Sendable, Equatable {
  /// β: how dearly a departure from the reference is paid.
  public var beta = 0.1
  /// How much a good answer counts.
  public var desirableWeight = 1.0
  /// How much a bad one.
  public var undesirableWeight = 1.0

  /// The loss with its defaults.
  public init() {}

  /// The loss of answers one by one.
  ///
  /// - Parameters:
  ///   - policy: The answers' log-probabilities, their tokens' added up, `[N]`.
  ///   - reference: The same by the reference.
  ///   - isDesirable: 1 for good answers, 0 for bad ones, `[N]`.
  ///   - drift: The mean log-ratio of policy to reference over answers to other prompts, in nats; below 0 it counts as 0.
  /// - Returns: The loss of each answer `[N]`.
  public func callAsFunction(policy: Tensor, reference: Tensor, isDesirable: Tensor, drift: Double) -> Tensor {
    let sign = isDesirable * 2 - 1
    let weights = isDesirable * desirableWeight + (isDesirable * -1 + 1) * undesirableWeight
    let gains = (policy - reference - max(0, drift)) * sign * beta
    return (gains.sigmoid * -1 + 1) * weights
  }
}
