import OrchardTensors

/// Identity preference optimisation: (margin of the log-ratios - 1/(2τ))².
///
/// Azar and others, "A general theoretical paradigm to understand learning from human preferences", 2023, equation 17. The
/// margin has a goal, beyond which nothing is gained: clear preferences do not drive the policy ever further.
public struct IPOLoss: Sendable, Equatable {
  /// τ: how dearly a departure from the reference is paid.
  public var tau = 0.1

  /// The loss with its defaults.
  public init() {}

  /// The loss of each pair `[N]` from the answers' log-probabilities a token.
  ///
  /// They are means over tokens, as the authors use them, for else a long answer's margin is never near its goal.
  public func callAsFunction(policy: AnswerPairs, reference: AnswerPairs) -> Tensor {
    ((policy - reference).margin - 1 / (2 * tau)).power(2)
  }
}
