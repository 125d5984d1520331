import OrchardSettings
import OrchardTensors

/// How many of some words an answer has.
public struct WordRewardSettings: RewardSourceSettings {
  /// The words, in any case of letters.
  public var words: [String] = []
  /// How much each counts.
  public var weight = 1.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "How many of an answer's words are among some."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("words", \.words, "The words, in any case of letters.", required: true),
      Field("weight", \.weight, "How much each counts; below 0 for words that are unwanted."),
    ]
  }

  /// No words at all.
  public var complaints: [SettingsComplaint] {
    words.isEmpty ? [SettingsComplaint("words", "is an empty list; name at least one word")] : []
  }

  /// The reward.
  public func make(on device: Device) throws -> any AnswerReward {
    WordReward(words: Set(words.map { $0.lowercased() }))
  }
}

private struct WordReward: AnswerReward {
  let words: Set<String>

  func scores(_ answers: [AnsweredPrompt]) -> [Double] {
    answers.map { answer in
      let found = answer.answer.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" }
      return Double(found.count { words.contains(String($0)) })
    }
  }
}
