import OrchardModels
import OrchardSettings

/// Rejection sampling: see `BestAnswersCredit`.
public struct BestOfSettings: PolicyMethodSettings {
  /// Rewards, answers, updates, and when the run ends.
  public var policy = PolicySettings(epochs: 1)
  /// Answers that are drawn to each prompt.
  public var answersPerPrompt = 8
  /// How many of them are learned.
  public var kept = 1
  /// The least that an answer has to be worth to be learned; nil for no bound.
  public var least: Double?

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help =
    "Rejection sampling: of several answers to a prompt the best are learned (Dong and others 2023)."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    PolicySettings.fields.map { Field($0, of: \.policy) } + [
      Field("answers", \.answersPerPrompt, "Answers that are drawn to each prompt.", .range(2...)),
      Field("kept", \.kept, "How many of them are learned, the best ones.", .range(1...)),
      Field("least", \.least, "The least that an answer has to be worth to be learned; empty for no bound."),
    ]
  }

  /// More kept than drawn, and what the shared settings complain of.
  public var complaints: [SettingsComplaint] {
    let tooMany = SettingsComplaint(
      "kept", "is \(kept), and of \(answersPerPrompt) answers none would be thrown away; take fewer")
    return policy.complaints + (kept >= answersPerPrompt ? [tooMany] : [])
  }

  /// An example with a reward model.
  public static var example: BestOfSettings {
    var settings = BestOfSettings()
    settings.policy = .example(epochs: 1)
    return settings
  }

  func credit(for model: any LanguageModel) -> any AnswerCredit { BestAnswersCredit(kept: kept, least: least) }
}
