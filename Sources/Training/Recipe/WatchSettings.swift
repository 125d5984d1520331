import OrchardDatasets
import OrchardSettings

/// What is watched while a run goes.
public struct WatchSettings: SettingsGroup, Equatable {
  /// The files of the validation set; nil for none.
  public var validation: DatasetSettings?
  /// Held-out tasks by their names, scored before, during and after the run.
  public var tasks: [String: HeldOutSettings] = [:]
  /// Steps between two scorings of these; nil scores them before and after alone.
  public var scoreEvery: Int?
  /// The run ends where the losses of its last steps are so many times their lowest so far; nil lets it go on.
  public var spike: Double?
  /// Steps between two evaluations.
  public var evaluateEvery = 200
  /// Validation rows that are answered at each evaluation, to be read by a person.
  public var samples = 2
  /// Most new tokens of such an answer.
  public var sampleTokens = 64
  /// Steps between two checkpoints.
  public var saveEvery = 200
  /// Checkpoints that are kept, the best one aside.
  public var keep = 2

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "What is watched and saved while the run goes."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("validation", \.validation, "The files of the validation set, as under data; empty for none."),
      Field(
        "tasks", \.tasks, "Held-out tasks by name, scored before and after the run: what it learned and forgot."),
      Field(
        "score-every", \.scoreEvery, "Steps between two scorings of these; empty for before and after.", .range(1...)),
      Field(
        "spike", \.spike,
        "Watch-dog: stop where the loss, a mean of 20 steps, is so many times its lowest; empty for none.",
        .above(1)),
      Field("evaluate-every", \.evaluateEvery, "Steps between two evaluations.", .range(1...)),
      Field("samples", \.samples, "Validation rows that are answered at each evaluation.", .range(0...)),
      Field("sample-tokens", \.sampleTokens, "Most new tokens of such an answer.", .range(1...)),
      Field("save-every", \.saveEvery, "Steps between two checkpoints.", .range(1...)),
      Field("keep", \.keep, "Checkpoints that are kept, the best one aside.", .range(1...)),
    ]
  }
}
