import OrchardSettings
import OrchardTensors

/// How near an answer is to a number of words.
public struct LengthRewardSettings: RewardSourceSettings {
  /// The number of words that is wanted.
  public var words = 20
  /// How much it counts.
  public var weight = 1.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "Minus the share by which an answer has more or fewer words than wanted; 0 is best."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("words", \.words, "The number of words that is wanted.", .range(1...)),
      Field("weight", \.weight, "How much it counts beside other rewards."),
    ]
  }

  /// The reward.
  public func make(on device: Device) throws -> any AnswerReward { LengthReward(words: words) }
}

private struct LengthReward: AnswerReward {
  let words: Int

  func scores(_ answers: [AnsweredPrompt]) -> [Double] {
    answers.map { answer in
      let count = answer.answer.split(whereSeparator: \.isWhitespace).count
      return -abs(Double(count - words)) / Double(words)
    }
  }
}
