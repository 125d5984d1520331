import OrchardModels
import OrchardSettings

/// Group relative policy optimisation: see `GroupCredit` and `GroupLoss`.
public struct GRPOSettings: PolicyMethodSettings {
  /// By what the differences within a group are divided.
  public enum Scale: String, NamedChoice {
    /// By the group's own deviation.
    case group
    /// By nothing: groups whose answers are nearly alike count little (Liu and others 2025).
    case none
  }

  /// Rewards, answers, updates, and when the run ends.
  public var policy = PolicySettings(epochs: 1)
  /// Answers that are drawn to each prompt.
  public var answersPerPrompt = 8
  /// By what the differences within a group are divided.
  public var scale = Scale.group
  /// The loss.
  public var loss = GroupLoss()

  /// The settings with their defaults.
  public init() { loss.price = 0.04 }

  /// What the group is for.
  public static let help =
    "Group relative policy optimisation: several answers to a prompt are compared with each other (Shao and others 2024)."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    PolicySettings.fields.map { Field($0, of: \.policy) } + [
      Field("answers", \.answersPerPrompt, "Answers that are drawn to each prompt and compared.", .range(2...)),
      Field("scale", \.scale, "By what differences within a group are divided: its own deviation, or nothing."),
      Field("clip", \.loss.clip, "How far the ratio of new to old probabilities may fall below 1.", .above(0)),
      Field(
        "clip-above", \.loss.clipAbove, "How far it may rise above 1 (Yu and others 2025); empty for as far.", .above(0)
      ),
      Field("ratio", \.loss.ratio, "Of what the ratio is: each token, or the whole answer (mean, answer)."),
      Field("average", \.loss.average, "Over what the loss is averaged: answers, tokens, or length."),
      Field(
        "price", \.loss.price, "What a nat of divergence from the original costs, by k3 in the loss.", .range(0...)),
    ]
  }

  /// What the shared settings complain of.
  public var complaints: [SettingsComplaint] { policy.complaints }

  /// An example with a reward model.
  public static var example: GRPOSettings {
    var settings = GRPOSettings()
    settings.policy = .example(epochs: 1)
    return settings
  }

  func credit(for model: any LanguageModel) -> any AnswerCredit {
    GroupCredit(loss: loss, price: loss.price, longest: policy.newTokens) { judged in
      GroupAdvantages.relative(judged.grouped(judged.scores), scales: scale == .group)
    }
  }
}
