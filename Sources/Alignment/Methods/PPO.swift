import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTraining

/// What values are computed from.
public enum ValueBody: String, NamedChoice {
  /// The policy's own last hidden states.
  case shared
  /// Those of an adapter, or a model, of their own.
  case separate
}

/// Proximal policy optimisation: see `ValueCredit`.
public struct PPOSettings: PolicyMethodSettings {
  /// Rewards, answers, updates, and when the run ends.
  public var policy = PolicySettings()
  /// The losses.
  public var loss = ProximalLoss()
  /// Advantages.
  public var advantages = GeneralizedAdvantages()
  /// What values are computed from.
  public var valueBody = ValueBody.shared
  /// What a nat of divergence from the original costs at first.
  public var price = 0.1
  /// The divergence that the price aims at, in nats an answer; nil keeps the price.
  public var target: Double?
  /// How many answers it takes the price to change by as much as the divergence is off.
  public var horizon = 10_000.0
  /// How the divergence is estimated.
  public var estimate = DivergenceEstimate.k1

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help =
    "Proximal policy optimisation: the model answers prompts and learns what the answers are worth (Ziegler and others 2019)."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    PolicySettings.fields.map { Field($0, of: \.policy) } + [
      Field("clip", \.loss.clip, "How far new probabilities may be from the old ones and still count.", .above(0)),
      Field("value-clip", \.loss.valueClip, "The same of values.", .above(0)),
      Field("value-weight", \.loss.valueWeight, "How much the value loss counts.", .range(0...)),
      Field(
        "value-body", \.valueBody,
        "What values are computed from: the policy's states, or a second adapter's (of whole models: a second model's)."
      ),
      Field(
        "entropy-weight", \.loss.entropyWeight, "How much entropy is rewarded; above 0 all logits are computed whole.",
        .range(0...)),
      Field(
        "ratio-guard", \.loss.greatestRatio, "The mean ratio above which an update is left out; empty for none.",
        .above(1)),
      Field("discount", \.advantages.discount, "What a reward is worth one token earlier.", .range(0...1)),
      Field("smoothing", \.advantages.smoothing, "Lambda: how far one looks beyond the next value.", .range(0...1)),
      Field("whiten-rewards", \.advantages.whitensRewards, "Whether rewards get a variance of 1 over a step."),
      Field("whiten-advantages", \.advantages.whitens, "Whether advantages get mean 0 and variance 1 over a step."),
      Field("price", \.price, "What a nat of divergence from the original costs at first.", .range(0...)),
      Field(
        "target", \.target, "The divergence that the price aims at, in nats an answer; empty keeps the price.",
        .above(0)),
      Field(
        "horizon", \.horizon, "With a target: answers in which the price changes as much as divergence is off.",
        .above(0)),
      Field("estimate", \.estimate, "How divergence is estimated (Schulman 2020)."),
    ]
  }

  /// What the shared settings complain of.
  public var complaints: [SettingsComplaint] { policy.complaints }

  /// An example with a reward model.
  public static var example: PPOSettings {
    var settings = PPOSettings()
    settings.policy = .example(epochs: 4)
    return settings
  }

  /// One answer to each prompt is compared with what a value head foretells.
  var answersPerPrompt: Int { 1 }

  func credit(for model: any LanguageModel) -> any AnswerCredit { ValueCredit(model: model, settings: self) }

  func credit(for model: any LanguageModel, of trained: TrainedModel, on device: Device) throws -> any AnswerCredit {
    let separate = valueBody == .separate ? try SeparateValues(trained, on: device) : nil
    return ValueCredit(model: model, settings: self, separate: separate)
  }
}
