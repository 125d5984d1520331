import OrchardDatasets
import OrchardModels
import OrchardSettings
import OrchardTensors

/// What a run learns by: what it makes of the data's rows, and what it makes smaller.
public protocol TrainingMethod: Sendable {
  /// What a person calls it.
  var name: String { get }
  /// What takes answers from a row; nil where each row is one example.
  var answers: (any AnswerReader)? { get }
  /// What the model has upon its body.
  var head: ModelHead { get }
  /// Whether a model of such a kind reads texts, or pairs of them, as the tokenizer frames them, and learns none of their
  /// tokens.
  func isFramed(_ shape: SequenceShape) -> Bool
  /// Whether the model as it was before the run stands beside the one that learns.
  func needsOriginal(_ recipe: TrainingRecipe) -> Bool
  /// What the run makes smaller.
  ///
  /// - Throws: `TrainingError` where the method is not for such a model; the error of loading it a second time.
  func objective(for trained: TrainedModel, _ recipe: TrainingRecipe, on device: Device) throws -> any Objective
}

extension TrainingMethod {
  /// What it has for itself: it writes, or fills gaps.
  public var head: ModelHead { .own }

  /// Tokens are learned.
  public func isFramed(_ shape: SequenceShape) -> Bool { false }
}

/// What a model in training has upon its body.
public enum ModelHead: Sendable, Equatable {
  /// Its own: a language model writes, a text encoder fills gaps.
  case own
  /// A number for each of these labels: a classifier, or a reward model.
  case labels(ClassificationLabels)
}

/// A recipe of a run: fine-tuning's keys, and perhaps others that decide by which method it learns.
public protocol RunRecipe: SettingsGroup {
  /// What all runs need.
  var training: TrainingRecipe { get set }
  /// By what the run learns.
  var method: any TrainingMethod { get }
}

extension TrainingRecipe: RunRecipe {
  /// The recipe itself.
  public var training: TrainingRecipe {
    get { self }
    set { self = newValue }
  }

  /// Fine-tuning.
  public var method: any TrainingMethod { FineTuning() }
}

/// Learning to write what the data's rows have: completions, conversations, texts, what is hidden in texts.
public struct FineTuning: TrainingMethod {
  /// The method.
  public init() {}

  /// Its name.
  public var name: String { "fine-tuning" }

  /// Each row is one example.
  public var answers: (any AnswerReader)? { nil }

  /// Where a recipe holds the model near it.
  public func needsOriginal(_ recipe: TrainingRecipe) -> Bool { recipe.regularize == .original }

  /// The cross-entropy of what is learned, and what a recipe adds to it.
  public func objective(for trained: TrainedModel, _ recipe: TrainingRecipe, on device: Device) throws -> any Objective
  {
    guard recipe.regularize == .original else { return try trained.plainObjective(recipe) }
    guard let languageModel = trained.languageModel else {
      throw TrainingError(
        "regularize: original keeps what a model writes, and a text encoder writes nothing; leave it out")
    }
    return NearOriginalObjective(
      completion: CompletionObjective(languageModel, labelSmoothing: recipe.labelSmoothing),
      strength: recipe.regularizeStrength, original: try OriginalModel(of: trained, recipe, on: device))
  }
}
