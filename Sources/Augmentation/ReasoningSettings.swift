import OrchardSettings

/// Whether and how a model is led to reason before it answers.
public enum ChainOfThought: String, NamedChoice {
  /// The template's prompt as it is.
  case none
  /// The prompt and the beginning of a bare answer: "The answer (arabic numerals) is".
  case direct
  /// The prompt and the beginning of a reasoning; a second question then asks for the bare answer.
  case zeroShot = "zero-shot"
  /// Worked examples whose answers begin with their reasoning.
  case fewShot = "few-shot"
}

/// How a model is led to an answer, and how the answer is read.
public struct ReasoningSettings: SettingsGroup, Equatable {
  /// Whether and how the model reasons first.
  public var chainOfThought = ChainOfThought.none
  /// Zero-shot: how the reasoning begins.
  public var trigger = "Let's think step by step."
  /// Zero-shot: what asks for the bare answer behind the reasoning; nil for the answer rule's own sentence.
  public var extraction: String?
  /// What announces the answer behind a reasoning in one go.
  public var marker = "The answer is"
  /// The rule by which answers are read; nil for the template's, or “text”.
  public var answerRule: String?
  /// How many chains of thought vote on each answer.
  public var votes = 1
  /// Zero-shot: the most tokens of the bare answer.
  public var answerTokens = 32

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "How a model is led to an answer, and how the answer is read."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("chain-of-thought", \.chainOfThought, "Whether and how the model reasons before it answers."),
      Field("trigger", \.trigger, "Zero-shot: how the reasoning begins."),
      Field("extraction", \.extraction, "Zero-shot: what asks for the bare answer; empty for the rule's own sentence."),
      Field("marker", \.marker, "What announces the answer behind a reasoning."),
      Field(
        "answer-rule", \.answerRule,
        "How the answer is found in the text (\(AnswerRules.catalog.names.joined(separator: ", "))); empty for the "
          + "template's."),
      Field("votes", \.votes, "Chains of thought that vote on each answer (self-consistency).", .range(1...)),
      Field("answer-tokens", \.answerTokens, "Zero-shot: most tokens of the bare answer.", .range(1...)),
    ]
  }

  /// A rule that is not known.
  public var complaints: [SettingsComplaint] {
    guard let answerRule else { return [] }
    do {
      _ = try AnswerRules.find(answerRule)
      return []
    } catch {
      return [SettingsComplaint("answer-rule", "is no rule: \(error)")]
    }
  }
}
