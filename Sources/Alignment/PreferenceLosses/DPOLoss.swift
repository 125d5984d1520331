import OrchardTensors

/// Direct preference optimisation: -log σ(β · (log-ratio of the chosen - log-ratio of the rejected)).
///
/// Rafailov and others, "Direct preference optimization", 2023, equation 7; with `labelSmoothing` ε the labels are wrong that
/// often (Mitchell, "A note on DPO with noisy preferences", 2023).
public struct DPOLoss: Sendable, Equatable {
  /// β: how dearly a departure from the reference is paid.
  public var beta = 0.1
  /// ε.
  public var labelSmoothing = 0.0

  /// The loss with its defaults.
  public init() {}

  /// The loss of each pair `[N]`, in nats, from the answers' log-probabilities, their tokens' added up.
  public func callAsFunction(policy: AnswerPairs, reference: AnswerPairs) -> Tensor {
    let logits = (policy - reference).margin * beta
    let losses = logits.logSigmoid * (labelSmoothing - 1)
    return labelSmoothing == 0 ? losses : losses - (logits * -1).logSigmoid * labelSmoothing
  }

  /// What the policy says of each answer's worth: β times its log-ratio to the reference.
  public func rewards(policy: AnswerPairs, reference: AnswerPairs) -> AnswerPairs {
    let ratios = policy - reference
    return AnswerPairs(chosen: ratios.chosen.detached * beta, rejected: ratios.rejected.detached * beta)
  }
}
