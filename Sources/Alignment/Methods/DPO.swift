import OrchardSettings
import OrchardTensors

/// Direct preference optimisation: see `DPOLoss`.
public struct DPOSettings: PairMethodSettings {
  /// The loss.
  public var loss = DPOLoss()
  /// How much the cross-entropy of the chosen answers counts beside it.
  ///
  /// Pang and others, "Iterative reasoning preference optimization", 2024: it keeps the chosen answers from becoming less
  /// likely together with the rejected ones.
  public var fineTuneWeight = 0.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "Direct preference optimisation (Rafailov and others 2023)."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("beta", \.loss.beta, "How dearly a departure from the original is paid.", .above(0)),
      Field("label-smoothing", \.loss.labelSmoothing, "How often a label is taken to be wrong.", .range(0..<0.5)),
      Field(
        "fine-tune-weight", \.fineTuneWeight,
        "How much the chosen answers' cross-entropy, in nats a token, counts beside it.", .range(0...)),
    ]
  }

  /// The original's log-probabilities are compared with.
  public var needsReference: Bool { true }

  /// The loss of each pair.
  public func losses(_ policy: PairFigures, reference: PairFigures) -> Tensor {
    let losses = loss(policy: policy.sums, reference: reference.sums)
    return fineTuneWeight == 0 ? losses : losses - policy.means.chosen * fineTuneWeight
  }

  /// β times the log-ratios.
  public func rewards(_ policy: PairFigures, reference: PairFigures) -> AnswerPairs {
    loss.rewards(policy: policy.sums, reference: reference.sums)
  }
}
