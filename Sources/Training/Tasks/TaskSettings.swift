import OrchardDatasets
import OrchardSettings

/// One task of a mixture: its rows, and how they are put into words.
public struct TaskSettings: SettingsGroup, Equatable {
  /// The rows.
  public var data = DatasetSettings()
  /// How rows become prompts and completions.
  public var prompt = PromptSettings()
  /// Further templates: each row has the prompt's or one of these, drawn by the seed.
  ///
  /// Wei and others, "Finetuned language models are zero-shot learners" (FLAN), 2021.
  public var templates: [String] = []
  /// How often the task is drawn, where the mixture goes by weights.
  public var weight = 1.0
  /// The files of the task's validation set; nil for none.
  public var validation: DatasetSettings?

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "One task of a mixture."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("data", \.data, "The task's training data."),
      Field("prompt", \.prompt, "How its rows become prompts and completions."),
      Field("templates", \.templates, "Further templates, names or paths: each row has one of all, drawn by the seed."),
      Field("weight", \.weight, "How often it is drawn, where the mixture goes by weights.", .above(0)),
      Field("validation", \.validation, "The files of its validation set; empty for none."),
    ]
  }
}

/// A task that is held out: scored before, during and after a run, to see what was learned and what was forgotten.
public struct HeldOutSettings: SettingsGroup, Equatable {
  /// The rows.
  public var data = DatasetSettings()
  /// How rows become prompts and completions.
  public var prompt = PromptSettings()
  /// How answers are scored, the loss aside: names of metrics.
  public var metrics: [String] = []
  /// Most new tokens of an answer.
  public var newTokens = 64

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "A held-out task that is scored before, during and after the run."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("data", \.data, "The task's rows; limit bounds how many are scored."),
      Field("prompt", \.prompt, "How its rows become prompts and completions."),
      Field(
        "metrics", \.metrics, "How answers are scored: rouge, accuracy, exact_match, f1 ...; [] for the loss alone."),
      Field("new-tokens", \.newTokens, "Most new tokens of an answer.", .range(1...)),
    ]
  }
}
