import OrchardSettings

/// What all methods share that learn from what a model's own answers are worth.
public struct PolicySettings: SettingsGroup, Sendable {
  /// The rewards, which are added up.
  public var rewards: [RewardSource] = []
  /// Rewards that are told and not learned from.
  public var watchedRewards: [RewardSource] = []
  /// Most new tokens of an answer.
  public var newTokens = 48
  /// Passes over the answers of a step.
  public var epochs = 4
  /// Answers in an update.
  public var minibatch = 8
  /// Most that a reward counts, either way; nil for no bound.
  public var rewardClip: Double?
  /// What is taken off the reward of an answer that has no end.
  public var unfinishedPenalty = 0.0
  /// The divergence from the policy that answered, in nats a token by k3, at which a step's updates end; nil for none.
  public var stepDivergence: Double?
  /// When a run ends, and when it stops with an alarm.
  public var watch = PolicyWatchSettings()

  /// The settings with their defaults.
  public init() {}

  /// Settings with a number of passes over a step's answers.
  init(epochs: Int) { self.epochs = epochs }

  /// What the group is for.
  public static let help = "How a model answers prompts, and what its answers are worth."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("rewards", \.rewards, "What answers are worth: a list of rewards, which are added up.", required: true),
      Field(
        "watched-rewards", \.watchedRewards,
        "Rewards that are told and not learned from: where they fall as the others rise, something is hacked."),
      Field("new-tokens", \.newTokens, "Most new tokens of an answer.", .range(1...)),
      Field("epochs", \.epochs, "Passes over the answers of a step.", .range(1...)),
      Field("minibatch", \.minibatch, "Answers in an update.", .range(1...)),
      Field("reward-clip", \.rewardClip, "Most that a reward counts, either way; empty for no bound.", .above(0)),
      Field("unfinished-penalty", \.unfinishedPenalty, "What an answer without an end loses.", .range(0...)),
      Field(
        "step-divergence", \.stepDivergence,
        "Nats a token from the policy that answered at which a step's updates end; empty for none.", .above(0)),
    ] + PolicyWatchSettings.fields.map { Field($0, of: \.watch) }
  }

  /// Whether answers are held against what the data has as the answer, so that rows have to have it.
  var needsReferences: Bool { (rewards + watchedRewards).contains(where: \.needsReference) }

  /// No reward at all.
  public var complaints: [SettingsComplaint] {
    rewards.isEmpty ? [SettingsComplaint("rewards", "is an empty list; name at least one reward")] : []
  }

  /// An example with a reward model.
  static func example(epochs: Int) -> PolicySettings {
    var settings = PolicySettings(epochs: epochs)
    settings.rewards = [RewardSource(ModelRewardSettings())]
    return settings
  }
}

/// When a run that learns by rewards ends, and when it stops with an alarm.
public struct PolicyWatchSettings: SettingsGroup, Sendable {
  /// The mean reward at which the run ends; nil for none.
  public var stopAtReward: Double?
  /// The steps in which the mean reward has to rise above that of as many steps before; nil for no such end.
  public var plateau: Int?
  /// The mean divergence from the original, in nats an answer, at which the run stops with an alarm; nil for none.
  public var divergenceAlarm: Double?
  /// The share of answers without an end at which it does so; nil for none.
  public var unfinishedAlarm: Double?
  /// The share of an answer's pairs of tokens that stood in it before at which it does so; nil for none.
  public var repetitionAlarm: Double?

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "When a run ends, and when it stops with an alarm."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("stop-at-reward", \.stopAtReward, "The mean reward at which the run ends; empty for none."),
      Field(
        "plateau", \.plateau,
        "The run ends where the mean reward of so many steps is not above that of as many before; empty for never.",
        .range(2...)),
      Field(
        "divergence-alarm", \.divergenceAlarm,
        "The divergence from the original, in nats an answer, at which the run stops; empty for none.", .above(0)),
      Field(
        "unfinished-alarm", \.unfinishedAlarm, "The share of answers without an end at which it stops; empty for none.",
        .range(0...1)),
      Field(
        "repetition-alarm", \.repetitionAlarm,
        "The share of an answer's pairs of tokens that stood in it before at which it stops; empty for none.",
        .range(0...1)),
    ]
  }
}
