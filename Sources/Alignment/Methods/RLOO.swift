import OrchardModels
import OrchardSettings
import OrchardTensors

/// Reinforce with the other answers as what is expected: see `GroupCredit`.
public struct RLOOSettings: PolicyMethodSettings {
  /// Rewards, answers, updates, and when the run ends.
  public var policy = PolicySettings(epochs: 1)
  /// Answers that are drawn to each prompt.
  public var answersPerPrompt = 4
  /// What a nat of divergence from the original costs.
  public var price = 0.05
  /// The loss.
  public var loss = GroupLoss()

  /// The settings with their defaults.
  public init() { loss.ratio = .answer }

  /// What the group is for.
  public static let help =
    "Leave-one-out Reinforce: an answer is compared with the mean of the others to its prompt (Ahmadian and others 2024)."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    PolicySettings.fields.map { Field($0, of: \.policy) } + [
      Field("answers", \.answersPerPrompt, "Answers that are drawn to each prompt and compared.", .range(2...)),
      Field(
        "price", \.price, "What a nat of divergence from the original costs, taken off an answer's reward.",
        .range(0...)),
      Field("clip", \.loss.clip, "How far the ratio of new to old probabilities may be from 1.", .above(0)),
    ]
  }

  /// What the shared settings complain of.
  public var complaints: [SettingsComplaint] { policy.complaints }

  /// An example with a reward model.
  public static var example: RLOOSettings {
    var settings = RLOOSettings()
    settings.policy = .example(epochs: 1)
    return settings
  }

  func credit(for model: any LanguageModel) -> any AnswerCredit {
    GroupCredit(loss: loss, price: price, longest: policy.newTokens) { judged in
      let paid = judged.scores - judged.divergences.sum(along: 1) * price
      return GroupAdvantages.leaveOneOut(judged.grouped(paid))
    }
  }
}
