import OrchardTensors

/// Simple preference optimisation: -log σ(β · margin - γ) of log-probabilities a token, without a reference.
///
/// Meng, Xia and Chen, "SimPO: simple preference optimization with a reference-free reward", 2024, equation 6.
public struct SimPOLoss: Sendable, Equatable {
  /// β: the scale of the rewards.
  public var beta = 2.0
  /// γ: how much better the chosen answer has to be.
  public var margin = 1.0

  /// The loss with its defaults.
  public init() {}

  /// The loss of each pair `[N]`, in nats, from the answers' log-probabilities a token: means.
  public func callAsFunction(policy: AnswerPairs) -> Tensor { (policy.margin * beta - margin).logSigmoid * -1 }
}
