import OrchardSettings

/// Where a row has the answers that people have compared or judged.
public struct PreferenceSettings: SettingsGroup, Equatable {
  /// A pair: the column with the better answer.
  public var chosen = "chosen"
  /// A pair: the column with the worse answer.
  public var rejected = "rejected"
  /// A pair: the column that tells by how much the better answer is to be better; nil for none.
  public var margin: String?
  /// A pair: the column that tells how probable it is that the better answer is better; nil for none.
  public var probability: String?
  /// A ranking: the column with the answers, a list.
  public var answers = "answers"
  /// A ranking: the column with their ranks, a list of numbers of which the lowest is the best.
  public var ranks = "ranks"
  /// Answers one by one: the column that tells whether the answer is good.
  public var label = "label"
  /// Pairs of whole dialogues without a prompt of their own: what stands before each answer in them.
  public var answerMark = "\n\nAssistant:"

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "Where rows have the answers that people have compared or judged."

  /// Both, a margin and a probability.
  public var complaints: [SettingsComplaint] {
    margin != nil && probability != nil
      ? [SettingsComplaint("probability", "stands beside margin; a pair has one of the two")] : []
  }

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("chosen", \.chosen, "A pair: the column with the better answer."),
      Field("rejected", \.rejected, "A pair: the column with the worse answer."),
      Field("margin", \.margin, "A pair: the column that tells how much better it is, above 0; empty for none."),
      Field(
        "probability", \.probability,
        "A pair: the column that tells how probable it is that the chosen answer is better, a soft label; empty for none."
      ),
      Field("answers", \.answers, "A ranking: the column with the answers, a list."),
      Field("ranks", \.ranks, "A ranking: the column with their ranks, the lowest the best; equal ones are ties."),
      Field("label", \.label, "Answers judged one by one: the column that says whether it is good."),
      Field(
        "answer-mark", \.answerMark,
        "Pairs of whole dialogues: what stands before each answer; what both have in common is the prompt."),
    ]
  }
}
