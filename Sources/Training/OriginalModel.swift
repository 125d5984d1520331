import OrchardAdapters
import OrchardModels
import OrchardTensors

/// A language model as it was before the run that trains it.
///
/// Where an adapter is learned, it is the same weights with the adapter off; else it stands in memory beside the one that
/// learns.
public struct OriginalModel {
  private enum Place {
    case beneath(Adapter)
    case beside(any LanguageModel)
  }

  private let place: Place

  /// The original of a model in training.
  ///
  /// - Throws: The error of loading it a second time; `TrainingError` where it began with random numbers.
  public init(of trained: TrainedModel, _ recipe: TrainingRecipe, on device: Device) throws {
    if let adapter = trained.adapter {
      place = .beneath(adapter)
      return
    }
    guard !recipe.model.fromNothing else {
      throw TrainingError("a model that begins with random weights has no original to be held near; use a trained one")
    }
    let dtype: DType = recipe.dtype == .bf16 ? .bfloat16 : .float32
    place = .beside(try ModelFolder.load(trained.source, dtype: dtype, on: device))
  }

  /// The model beneath an adapter.
  package init(beneath adapter: Adapter) { place = .beneath(adapter) }

  /// What `body` computes with it; without gradients.
  public func callAsFunction<Result>(_ body: (any LanguageModel) throws -> Result) rethrows -> Result {
    try withoutGradients {
      switch place {
      case .beside(let model): return try body(model)
      case .beneath(let adapter):
        adapter.isOn = false
        defer { adapter.isOn = true }
        guard let model = adapter.languageModel else {
          preconditionFailure("the original of a text encoder is not asked")
        }
        return try body(model)
      }
    }
  }
}
