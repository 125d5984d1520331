import OrchardSettings
import OrchardTensors

/// Simple preference optimisation: see `SimPOLoss`.
public struct SimPOSettings: PairMethodSettings {
  /// The loss.
  public var loss = SimPOLoss()

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "Simple preference optimisation (Meng, Xia and Chen 2024)."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("beta", \.loss.beta, "The scale of rewards, which are log-probabilities a token.", .above(0)),
      Field("margin", \.loss.margin, "By how much the better answer's reward is to be higher.", .range(0...)),
    ]
  }

  /// Nothing is compared with.
  public var needsReference: Bool { false }

  /// The loss of each pair.
  public func losses(_ policy: PairFigures, reference _: PairFigures) -> Tensor { loss(policy: policy.means) }

  /// β times the log-probabilities a token.
  public func rewards(_ policy: PairFigures, reference _: PairFigures) -> AnswerPairs {
    policy.means.scaled(by: loss.beta)
  }
}
