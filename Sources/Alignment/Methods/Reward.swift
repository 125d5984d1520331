import OrchardDatasets
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTraining

/// A reward model: see `RewardLoss`.
public struct RewardSettings: MethodSettings {
  /// The loss.
  public var loss = RewardLoss()

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "A reward model: a score for answers, the higher the better (Ouyang and others 2022)."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field(
        "centring", \.loss.centring, "How much scores far from 0 cost, of which pairs alone say nothing: 0.01.",
        .range(0...))
    ]
  }

  /// The method.
  public func method(_ preferences: PreferenceSettings) -> any TrainingMethod {
    RewardMethod(loss: loss, reader: PreferenceReader(preferences, comparesAnswers: true))
  }
}

/// Learning a score of answers.
private struct RewardMethod: TrainingMethod {
  let loss: RewardLoss
  let reader: PreferenceReader

  var name: String { "reward" }
  var answers: (any AnswerReader)? { reader }
  var head: ModelHead { .labels(.score) }
  /// An encoder reads prompt and answer as a pair of texts.
  func isFramed(_ shape: SequenceShape) -> Bool { shape == .encoder }
  func needsOriginal(_ recipe: TrainingRecipe) -> Bool { false }

  func objective(for trained: TrainedModel, _ recipe: TrainingRecipe, on device: Device) throws -> any Objective {
    guard let model = trained.classifier else {
      throw TrainingError("a reward model needs a model that gives texts numbers")
    }
    return RewardObjective(model: model, loss: loss, label: PairLabel(reader.settings))
  }
}
