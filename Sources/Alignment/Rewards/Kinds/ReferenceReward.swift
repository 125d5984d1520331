import OrchardEvaluation
import OrchardSettings
import OrchardTensors

/// How much of a row's own completion an answer has: ROUGE.
public struct ReferenceRewardSettings: RewardSourceSettings {
  /// The kind: `rouge1` … `rouge9`, `rougeL`, `rougeLsum`.
  public var kind = "rougeL"
  /// Whether words are reduced to their stems first.
  public var stemmer = true
  /// How much it counts.
  public var weight = 1.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "The F of ROUGE against the row's own completion, from 0 to 1 (Lin 2004)."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("rouge", \.kind, "The kind: rouge1 to rouge9, rougeL, or rougeLsum."),
      Field("stemmer", \.stemmer, "Whether words are reduced to their stems first."),
      Field("weight", \.weight, "How much it counts beside other rewards."),
    ]
  }

  /// A kind that is not known, or is several.
  public var complaints: [SettingsComplaint] {
    metric == nil ? [SettingsComplaint("rouge", "is “\(kind)”; it takes rouge1 to rouge9, rougeL or rougeLsum")] : []
  }

  /// Rows have to have their completions.
  public var needsReference: Bool { true }

  private var metric: ROUGE? {
    var options = MetricOptions()
    options.stemmer = stemmer
    return kind == ROUGE.name ? nil : ROUGE.named(kind, options: options)
  }

  /// The reward.
  public func make(on device: Device) throws -> any AnswerReward {
    guard let metric else { throw AlignmentError("rouge: “\(kind)” is no kind of ROUGE") }
    return ReferenceReward(metric: metric)
  }
}

private struct ReferenceReward: AnswerReward {
  let metric: ROUGE

  func scores(_ answers: [AnsweredPrompt]) throws -> [Double] {
    try answers.map { answer in
      guard let reference = answer.reference else {
        throw AlignmentError(
          "a reward by ROUGE needs a completion in every row, and “\(answer.prompt.prefix(60))” has none")
      }
      return metric.score(prediction: answer.answer, references: [reference])[0].f
    }
  }
}
