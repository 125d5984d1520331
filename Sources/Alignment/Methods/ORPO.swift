import OrchardSettings
import OrchardTensors

/// Odds ratio preference optimisation: see `ORPOLoss`.
public struct ORPOSettings: PairMethodSettings {
  /// The loss.
  public var loss = ORPOLoss()

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "Odds ratio preference optimisation (Hong, Lee and Thorne 2024)."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [Field("lambda", \.loss.weight, "How much the odds count beside the chosen answers' cross-entropy.", .above(0))]
  }

  /// Nothing is compared with.
  public var needsReference: Bool { false }

  /// The cross-entropy of each chosen answer, in nats a token, and the loss of the odds.
  public func losses(_ policy: PairFigures, reference _: PairFigures) -> Tensor {
    loss(policy: policy.means) - policy.means.chosen
  }

  /// The log-probabilities a token.
  public func rewards(_ policy: PairFigures, reference _: PairFigures) -> AnswerPairs { policy.means }
}
