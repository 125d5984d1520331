import Foundation
import OrchardModels
import OrchardTensors

/// What a run trains.
enum Learner {
  /// A language model, which learns to write.
  case language(any LanguageModel)
  /// A text encoder, which learns what is hidden in texts.
  case masked(MaskedLanguageModel)
  /// A language model's body, which learns to give texts numbers.
  case scoring(ScoreModel)

  /// The model.
  var model: any TrainableModel {
    switch self {
    case .language(let model): model
    case .masked(let model): model
    case .scoring(let model): model
    }
  }

  /// How it takes examples.
  var form: ExampleForm {
    switch self {
    case .language(let model): ExampleForm(model.properties)
    case .masked(let model): ExampleForm(model.body.properties)
    case .scoring(let model): ExampleForm(model.body.properties)
    }
  }

  /// A folder's model without weights.
  ///
  /// - Throws: `ModelError` where the folder's model cannot be trained.
  init(unloaded folder: URL) throws {
    let configuration = try ModelConfiguration(folder: folder)
    if try configuration.isEncoder {
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
    if head == .score {
      guard try !configuration.isEncoder else {
        throw TrainingError(
          "\(folder.path): a reward model is made of a language model here, and this is a text encoder; take a decoder or "
            + "an encoder-decoder")
      }
      let model = ScoreModel(try Architecture.model(configuration))
      try model.load(CheckpointFolder(folder), format, on: device)
      self = .scoring(model)
    } else if try configuration.isEncoder {
      self = .masked(try EncoderFolder(folder, configuration).maskedLanguageModel(dtype: format.dtype, on: device))
    } else {
      self = .language(try ModelFolder.load(folder, format, on: device))
    }
  }
}
