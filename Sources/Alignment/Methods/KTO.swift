import OrchardDatasets
import OrchardSettings
import OrchardTensors
import OrchardTraining

/// Kahneman–Tversky optimisation: see `KTOLoss`.
public struct KTOSettings: MethodSettings {
  /// The loss.
  public var loss = KTOLoss()

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "Kahneman-Tversky optimisation (Ethayarajh and others 2024)."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("beta", \.loss.beta, "How dearly a departure from the original is paid.", .above(0)),
      Field("desirable-weight", \.loss.desirableWeight, "How much a good answer counts.", .range(0...)),
      Field("undesirable-weight", \.loss.undesirableWeight, "How much a bad answer counts.", .range(0...)),
    ]
  }

  /// The method.
  public func method(_ preferences: PreferenceSettings) -> any TrainingMethod {
    JudgedAnswersMethod(loss: loss, reader: PreferenceReader(preferences, comparesAnswers: false))
  }
}

/// Learning from answers that are each good or bad.
private struct JudgedAnswersMethod: TrainingMethod {
  let loss: KTOLoss
  let reader: PreferenceReader

  var name: String { "kto" }
  var answers: (any AnswerReader)? { reader }
  func needsOriginal(_ recipe: TrainingRecipe) -> Bool { true }

  func objective(for trained: TrainedModel, _ recipe: TrainingRecipe, on device: Device) throws -> any Objective {
    let model = try trained.writer(for: name)
    let original = try OriginalModel(of: trained, recipe, on: device)
    return JudgedAnswersObjective(model: model, loss: loss, reference: ReferenceLogProbabilities(original))
  }
}
