import OrchardSettings
import OrchardTensors

/// Whether an answer has a form.
public struct PatternRewardSettings: RewardSourceSettings {
  /// The regular expression.
  public var pattern = ""
  /// Whether the whole answer has to be of the form.
  public var whole = false
  /// How much it counts.
  public var weight = 1.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "1 for an answer that a regular expression finds something in, else 0."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("pattern", \.pattern, "The regular expression.", required: true),
      Field("whole", \.whole, "Whether the whole answer has to be of the form."),
      Field("weight", \.weight, "How much it counts; below 0 for a form that is unwanted."),
    ]
  }

  /// An expression that cannot be read.
  public var complaints: [SettingsComplaint] {
    do {
      _ = try Regex(pattern)
      return pattern.isEmpty ? [SettingsComplaint("pattern", "is empty, and fits every answer")] : []
    } catch {
      return [SettingsComplaint("pattern", "is “\(pattern)”, which is no regular expression: \(error)")]
    }
  }

  /// The reward.
  public func make(on device: Device) throws -> any AnswerReward { PatternReward(settings: self) }
}

private struct PatternReward: AnswerReward {
  let settings: PatternRewardSettings

  func scores(_ answers: [AnsweredPrompt]) throws -> [Double] {
    let expression = try Regex(settings.pattern)
    return answers.map { answer in
      let isFound =
        settings.whole ? answer.answer.wholeMatch(of: expression) != nil : answer.answer.contains(expression)
      return isFound ? 1 : 0
    }
  }
}
