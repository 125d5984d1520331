import Foundation
import OrchardSettings
import OrchardTensors

/// A reward model's score.
public struct ModelRewardSettings: RewardSourceSettings {
  /// The folder: a run's, a model's or an adapter's.
  public var folder = "runs/reward"
  /// How much it counts.
  public var weight = 1.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "The score of a reward model."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field(
        "folder", \.folder, "What method: reward has trained: a run's folder, a model's or an adapter's.",
        required: true),
      Field("weight", \.weight, "How much it counts beside other rewards."),
    ]
  }

  /// The reward.
  public func make(on device: Device) throws -> any AnswerReward {
    ModelReward(model: try RewardModel(folder: URL(filePath: folder), on: device))
  }
}

private struct ModelReward: AnswerReward {
  let model: RewardModel

  func scores(_ answers: [AnsweredPrompt]) throws -> [Double] {
    try model.scores(of: answers.map { ($0.prompt, $0.answer) })
  }
}
