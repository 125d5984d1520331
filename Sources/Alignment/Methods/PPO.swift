import OrchardDatasets
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTraining

/// Proximal policy optimisation: see `PolicyObjective`.
public struct PPOSettings: MethodSettings {
  /// The rewards, which are added up.
  public var rewards: [RewardSource] = []
  /// Most new tokens of an answer.
  public var newTokens = 48
  /// Passes over the answers of a step.
  public var epochs = 4
  /// Answers in an update.
  public var minibatch = 8
  /// The losses.
  public var loss = ProximalLoss()
  /// Advantages.
  public var advantages = GeneralizedAdvantages()
  /// What a nat of divergence from the original costs at first.
  public var price = 0.1
  /// The divergence that the price aims at, in nats an answer; nil keeps the price.
  public var target: Double?
  /// How many answers it takes the price to change by as much as the divergence is off.
  public var horizon = 10_000.0
  /// How the divergence is estimated.
  public var estimate = DivergenceEstimate.k1
  /// Most that a reward counts, either way; nil for no bound.
  public var rewardClip: Double?
  /// What is taken off the reward of an answer that has no end.
  public var unfinishedPenalty = 0.0
  /// The divergence from the policy that answered, in nats a token by k3, at which a step's updates end; nil for none.
  public var stepDivergence: Double?
  /// The mean reward at which the run ends; nil for none.
  public var stopAtReward: Double?
  /// The mean divergence from the original, in nats an answer, at which the run stops with an alarm; nil for none.
  public var divergenceAlarm: Double?
  /// The share of answers without an end at which it does so; nil for none.
  public var unfinishedAlarm: Double?

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help =
    "Proximal policy optimisation: the model answers prompts and learns what the answers are worth (Ziegler and others 2019)."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("rewards", \.rewards, "What answers are worth: a list of rewards, which are added up.", required: true),
      Field("new-tokens", \.newTokens, "Most new tokens of an answer.", .range(1...)),
      Field("epochs", \.epochs, "Passes over the answers of a step.", .range(1...)),
      Field("minibatch", \.minibatch, "Answers in an update.", .range(1...)),
      Field("clip", \.loss.clip, "How far new probabilities may be from the old ones and still count.", .above(0)),
      Field("value-clip", \.loss.valueClip, "The same of values.", .above(0)),
      Field("value-weight", \.loss.valueWeight, "How much the value loss counts.", .range(0...)),
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
      Field("reward-clip", \.rewardClip, "Most that a reward counts, either way; empty for no bound.", .above(0)),
      Field("unfinished-penalty", \.unfinishedPenalty, "What an answer without an end loses.", .range(0...)),
      Field(
        "step-divergence", \.stepDivergence,
        "Nats a token from the policy that answered at which a step's updates end; empty for none.", .above(0)),
      Field("stop-at-reward", \.stopAtReward, "The mean reward at which the run ends; empty for none."),
      Field(
        "divergence-alarm", \.divergenceAlarm,
        "The divergence from the original, in nats an answer, at which the run stops; empty for none.", .above(0)),
      Field(
        "unfinished-alarm", \.unfinishedAlarm, "The share of answers without an end at which it stops; empty for none.",
        .range(0...1)),
    ]
  }

  /// No reward at all.
  public var complaints: [SettingsComplaint] {
    rewards.isEmpty ? [SettingsComplaint("rewards", "is an empty list; name at least one reward")] : []
  }

  /// An example with a reward model.
  public static var example: PPOSettings {
    var settings = PPOSettings()
    settings.rewards = [RewardSource(ModelRewardSettings())]
    return settings
  }

  /// The method.
  public func method(_ preferences: PreferenceSettings) -> any TrainingMethod { PolicyMethod(settings: self) }
}

/// Learning from what a model's own answers are worth.
private struct PolicyMethod: TrainingMethod {
  let settings: PPOSettings

  var name: String { "ppo" }
  var answers: (any AnswerReader)? { PromptReader() }
  func needsOriginal(_ recipe: TrainingRecipe) -> Bool { true }

  func objective(for trained: TrainedModel, _ recipe: TrainingRecipe, on device: Device) throws -> any Objective {
    let model = try trained.writer(for: name)
    let most = recipe.rendering.maximumTokens
    if model.properties.kind == .decoderOnly, let context = model.properties.contextLength,
      most + settings.newTokens > context
    {
      throw TrainingError(
        "a prompt may have \(most) tokens (rendering.maximum-tokens) and an answer \(settings.newTokens) (method.new-tokens), "
          + "but the model's context holds \(context); set rendering.maximum-tokens to "
          + "\(max(4, context - settings.newTokens)) or less")
    }
    let rollouts = Rollouts(
      model: model, tokenizer: trained.tokenizer, reward: try RewardSum(settings.rewards, on: device),
      newTokens: settings.newTokens, seed: recipe.seed)
    return PolicyObjective(
      model: model, settings: settings, rollouts: rollouts,
      original: try OriginalModel(of: trained, recipe, on: device),
      seed: recipe.seed)
  }
}
