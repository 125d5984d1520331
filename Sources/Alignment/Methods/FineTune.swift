import OrchardDatasets
import OrchardSettings
import OrchardTraining

/// Fine-tuning, which has no settings beyond those of all runs.
public struct FineTuneSettings: MethodSettings {
  /// The settings.
  public init() {}

  /// What the group is for.
  public static let help = "Completions are learned as they are."

  /// None.
  public static var fields: [Field<Self>] { [] }

  /// The method.
  public func method(_ preferences: PreferenceSettings) -> any TrainingMethod { FineTuning() }
}
