import OrchardSettings

/// One change to the logits before a token is chosen.
///
/// A kind of step is a file in `LogitSteps` and a line in `LogitSteps.catalog`.
public protocol LogitStep: Sendable {
  /// Changes one row's logits in place.
  func apply(to row: LogitRow)
}

/// A kind of logit step: its setting, and how a step is made of the setting's value.
public struct LogitStepKind: Sendable {
  /// When a step takes part.
  public enum Part: Sendable {
    /// Whatever chooses the token: the most likely one, chance, or beams.
    case always
    /// Only where chance chooses.
    case sampling
  }

  /// The setting's key, such as `top-k`.
  public let name: String
  /// What the setting does, in one line.
  public let help: String
  /// The values that the setting takes.
  public let limits: Limits
  /// Whether the setting is a whole number.
  public let isWhole: Bool
  /// When the step takes part.
  public let part: Part
  /// Makes the step of the setting's value.
  public let make: @Sendable (Double) -> any LogitStep

  /// A kind with its setting.
  public init(
    _ name: String, _ help: String, _ limits: Limits, isWhole: Bool = false, part: Part = .sampling,
    make: @escaping @Sendable (Double) -> any LogitStep
  ) {
    self.name = name
    self.help = help
    self.limits = limits
    self.isWhole = isWhole
    self.part = part
    self.make = make
  }
}

/// The kinds of logit steps, in the order in which they are applied.
public enum LogitSteps {
  /// Every kind; a new one is one file in `LogitSteps/` and one line here.
  ///
  /// The order is that of transformers' `generate`: what every way of choosing uses, then what only sampling does.
  public static let kinds: [LogitStepKind] = [
    RepetitionPenalty.kind,
    Temperature.kind,
    TopK.kind,
    TopP.kind,
    MinP.kind,
  ]
}
