import Foundation
import OrchardModels
import OrchardTensors

/// What a run trains.
enum Learner {
  /// A language model, which learns to write.
  case language(any LanguageModel)
  /// A text encoder, which learns what is hidden in texts.
  case masked(MaskedLanguageModel)
  /// A body of any kind with a head upon it, which learns to give texts numbers.
  case classifying(any SequenceClassifier)

  /// The model.
  var model: any TrainableModel {
    switch self {
    case .language(let model): model
    case .masked(let model): model
    case .classifying(let model): model
    }
  }

  /// How it takes examples.
  var form: ExampleForm {
    switch self {
    case .language(let model): ExampleForm(model.properties)
    case .masked(let model): ExampleForm(model.body.properties)
    case .classifying(let model): ExampleForm(model)
    }
  }

  /// A folder's model without weights.
  ///
  /// - Throws: `ModelError` where the folder's model cannot be trained.
  init(unloaded folder: URL, head: ModelHead = .own) throws {
    let configuration = try ModelConfiguration(folder: folder)
    if case .labels(let labels) = head {
      self = .classifying(try ClassifierFolder.unloaded(folder, labels: labels))
    } else if try configuration.isEncoder {
      self = .masked(try EncoderFolder(folder, configuration).unloadedMaskedModel())
    } else {
      self = .language(try Architecture.model(configuration))
    }
  }

  /// A folder's model with its weights in a format.
  ///
  /// - Throws: `ModelError` or `EngineError` that names the file, and what is wrong with it.
  init(_ folder: URL, _ format: WeightFormat, head: ModelHead, on device: Device) throws {
    let configuration = try ModelConfiguration(folder: folder)
    if case .labels(let labels) = head {
      self = .classifying(try ClassifierFolder.load(folder, labels: labels, format, on: device))
    } else if try configuration.isEncoder {
      self = .masked(try EncoderFolder(folder, configuration).maskedLanguageModel(dtype: format.dtype, on: device))
    } else {
      self = .language(try ModelFolder.load(folder, format, on: device))
    }
  }
}
