import OrchardDatasets
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTraining

/// A classifier: see `ClassificationObjective`.
public struct ClassifySettings: MethodSettings {
  /// The labels in the order of the model's numbers.
  public var labels = ["negative", "positive"]
  /// The column with each row's label.
  public var column = "label"
  /// The share of each row's label that is spread over all labels.
  public var smoothing = 0.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "A classifier: texts, or pairs of texts, sorted by labels."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("labels", \.labels, "The labels, two or more; a row's label is one of them, or its number from 0."),
      Field("column", \.column, "The column with each row's label."),
      Field("smoothing", \.smoothing, "The share of each row's label that is spread over all labels.", .range(0...0.5)),
    ]
  }

  /// Labels that are none, or twice the same.
  public var complaints: [SettingsComplaint] {
    if labels.count < 2 {
      return [SettingsComplaint("labels", "has \(labels.count); it takes two or more labels")]
    }
    guard let twice = labels.first(where: { label in labels.count { $0 == label } > 1 }) else { return [] }
    return [SettingsComplaint("labels", "has “\(twice)” twice")]
  }

  /// The method.
  public func method(_ preferences: PreferenceSettings) -> any TrainingMethod { ClassifyMethod(settings: self) }
}

/// Learning to sort texts.
private struct ClassifyMethod: TrainingMethod {
  let settings: ClassifySettings

  var name: String { "classify" }
  var answers: (any AnswerReader)? { LabelReader(labels: settings.labels, column: settings.column) }
  var head: ModelHead { .labels(ClassificationLabels(settings.labels, .singleLabel)) }
  func isFramed(_ shape: SequenceShape) -> Bool { true }
  func needsOriginal(_ recipe: TrainingRecipe) -> Bool { false }

  func objective(for trained: TrainedModel, _ recipe: TrainingRecipe, on device: Device) throws -> any Objective {
    guard let model = trained.classifier else { throw TrainingError("a classifier needs a model with labels") }
    for prompt in [recipe.prompt] + recipe.tasks.values.map(\.prompt) {
      let template = try prompt.composer().template
      guard template.takesTextsAsTheyAre, prompt.shots == 0 else {
        throw TrainingError(
          "the template “\(template.name)” puts words around what a row has, and a classifier is given texts as they are; "
            + "take prompt.template: text, or no-instruction for pairs of texts, and name their columns under prompt.columns"
        )
      }
    }
    return ClassificationObjective(model: model, smoothing: settings.smoothing)
  }
}
