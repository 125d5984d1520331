import Foundation
import OrchardDatasets
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTraining

/// Settings of a method that learns from pairs of answers by their log-probabilities alone.
public protocol PairMethodSettings: MethodSettings {
  /// Whether the original's log-probabilities are compared with.
  var needsReference: Bool { get }
  /// The loss of each pair `[N]`, with gradients; `reference` is 0 where none is needed.
  func losses(_ policy: PairFigures, reference: PairFigures) -> Tensor
  /// What the policy says of each answer's worth, for people to watch.
  func rewards(_ policy: PairFigures, reference: PairFigures) -> AnswerPairs
}

/// The log-probabilities of the answers of pairs, in nats: added up over an answer's tokens, and a token.
public struct PairFigures {
  /// The sums.
  public let sums: AnswerPairs
  /// The means over each answer's tokens.
  public let means: AnswerPairs

  /// The same with the other answer as the chosen one.
  var swapped: PairFigures { PairFigures(sums: sums.swapped, means: means.swapped) }
}

extension PairMethodSettings {
  /// The method.
  public func method(_ preferences: PreferenceSettings) -> any TrainingMethod {
    PairMethod(settings: self, reader: PreferenceReader(preferences, comparesAnswers: true))
  }
}

/// Learning from pairs of answers by their log-probabilities.
private struct PairMethod: TrainingMethod {
  let settings: any PairMethodSettings
  let reader: PreferenceReader

  var name: String { MethodChoice(settings).kind }
  var answers: (any AnswerReader)? { reader }
  func needsOriginal(_ recipe: TrainingRecipe) -> Bool { settings.needsReference }

  func objective(for trained: TrainedModel, _ recipe: TrainingRecipe, on device: Device) throws -> any Objective {
    let model = try trained.writer(for: name)
    let original = settings.needsReference ? try OriginalModel(of: trained, recipe, on: device) : nil
    return PairObjective(
      model: model, settings: settings, reference: original.map(ReferenceLogProbabilities.init),
      label: PairLabel(reader.settings))
  }
}

extension TrainedModel {
  /// The model, which has to be one that writes.
  ///
  /// - Throws: `TrainingError` for a text encoder.
  func writer(for method: String) throws -> any LanguageModel {
    guard let languageModel else {
      throw TrainingError(
        "\(source.path): \(method) makes answers more or less likely, and a text encoder writes none; use a language model"
      )
    }
    return languageModel
  }
}
