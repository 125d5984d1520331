import OrchardSettings
import OrchardTensors

/// Identity preference optimisation: see `IPOLoss`.
public struct IPOSettings: PairMethodSettings {
  /// The loss.
  public var loss = IPOLoss()

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "Identity preference optimisation (Azar and others 2023)."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field(
        "tau", \.loss.tau, "How dearly a departure from the original is paid: the margin's goal is 1/(2 tau).",
        .above(0))
    ]
  }

  /// The original's log-probabilities are compared with.
  public var needsReference: Bool { true }

  /// The loss of each pair.
  public func losses(_ policy: PairFigures, reference: PairFigures) -> Tensor {
    loss(policy: policy.means, reference: reference.means)
  }

  /// τ times the log-ratios a token.
  public func rewards(_ policy: PairFigures, reference: PairFigures) -> AnswerPairs {
    (policy.means - reference.means).scaled(by: loss.tau)
  }
}
