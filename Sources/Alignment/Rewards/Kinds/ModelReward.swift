import Foundation
import OrchardAdapters
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTraining

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
        "folder", \.folder,
        "What method: reward has trained: a run's folder, a model's or an adapter's; an adapter of the model that is being aligned shares its weights.",
        required: true),
      Field("weight", \.weight, "How much it counts beside other rewards."),
    ]
  }

  /// The reward.
  public func make(on device: Device) throws -> any AnswerReward {
    ModelReward(model: try RewardModel(folder: URL(filePath: folder), on: device))
  }

  /// The reward, as a second adapter of the model that is being aligned where it is one.
  public func make(beside policy: PolicyPlace) throws -> any AnswerReward {
    guard let adapter = policy.adapter,
      let second = try SecondAdapter(URL(filePath: folder), beside: adapter.learned, base: adapter.base)
    else { return try make(on: policy.device) }
    return second
  }
}

private struct ModelReward: AnswerReward {
  let model: RewardModel

  func scores(_ answers: [AnsweredPrompt]) throws -> [Double] {
    try model.scores(of: answers.map { ($0.prompt, $0.answer) })
  }
}

/// A reward model that is an adapter beside the same weights as the policy's: one of the two is on at a time.
///
/// Policy, value head, reference and reward model then need the memory of one model.
private final class SecondAdapter: AnswerReward {
  private let model: RewardModel
  private let own: Adapter
  private let policy: Adapter

  /// Nil where the folder holds no adapter, or that of another model.
  init?(_ place: URL, beside policy: Adapter, base: URL) throws {
    let folder = RunFolder(place).result ?? place
    guard let body = policy.languageModel, try TrainedClassifier.isAdapter(folder, of: base) else { return nil }
    let isOn = policy.isOn
    policy.isOn = false
    defer { policy.isOn = isOn }
    let (trained, own) = try TrainedClassifier.read(folder, beside: body, base: base)
    own.isOn = false
    model = try RewardModel(trained, source: folder)
    (self.own, self.policy) = (own, policy)
  }

  func scores(_ answers: [AnsweredPrompt]) throws -> [Double] {
    let wasOn = policy.isOn
    policy.isOn = false
    own.isOn = true
    defer {
      own.isOn = false
      policy.isOn = wasOn
    }
    // The weights may have been turned into a narrower type since.
    own.convert(to: model.model.adaptable.dtype)
    return try model.scores(of: answers.map { ($0.prompt, $0.answer) })
  }
}
