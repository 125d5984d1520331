import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// A model with its configuration, tokenizer and template: all that belongs into a model's folder.
public struct TrainedModel {
  /// The weights.
  public let model: any LanguageModel
  /// The architecture.
  public let configuration: ModelConfiguration
  /// The tokenizer.
  public let tokenizer: Tokenizer
  /// The folder that it all came from.
  public let source: URL

  /// Loads a model's folder for training, the weights in fp32; those of `checkpoint` where a run goes on from one.
  ///
  /// - Throws: `ModelError`, `EngineError` or the tokenizer's error, each naming the file.
  init(_ settings: ModelSettings, checkpoint: URL?, on device: Device) throws {
    source = URL(filePath: settings.folder)
    configuration = try ModelConfiguration(folder: source)
    tokenizer = try Tokenizer(folder: source)
    if settings.fromNothing, checkpoint == nil {
      model = try Architecture.model(configuration)
      model.initialize(on: device)
    } else {
      model = try ModelFolder.load(checkpoint ?? source, dtype: .float32, on: device)
      model.own()
    }
    guard tokenizer.vocabularySize <= model.properties.vocabularySize else {
      throw TrainingError(
        "\(source.path): the tokenizer has \(tokenizer.vocabularySize) tokens, the model only "
          + "\(model.properties.vocabularySize); they do not belong together")
    }
  }

  /// Writes an ordinary model folder, each file whole or not at all.
  ///
  /// - Throws: `EngineError` where the folder cannot be written to.
  func save(to folder: URL, template: PromptTemplate) throws {
    try ModelFolder.save(model, configuration: configuration, to: folder)
    try tokenizer.save(to: folder)
    try AtomicFile.write(TemplateStamp.text(template), to: folder.appending(path: TemplateStamp.fileName))
    let generation = source.appending(path: "generation_config.json")
    if let data = FileManager.default.contents(atPath: generation.path) {
      let text = String(decoding: data, as: UTF8.self)
      try AtomicFile.write(text, to: folder.appending(path: "generation_config.json"))
    }
  }
}
