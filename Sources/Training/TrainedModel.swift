import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// A model with its configuration, tokenizer and template: all that belongs into a model's folder.
public struct TrainedModel {
  /// What is trained.
  let learner: Learner
  /// What is learned beside the weights; nil where they are trained themselves.
  public let adapter: Adapter?
  /// The architecture.
  public let configuration: ModelConfiguration
  /// The tokenizer.
  public let tokenizer: Tokenizer
  /// The folder that it all came from.
  public let source: URL
  /// The digest of that folder's weights as they were when an adapter was attached to them.
  private let baseDigest: String?

  /// The weights.
  public var model: any TrainableModel { learner.model }

  /// The model where it is one that writes; nil for others.
  public var languageModel: (any LanguageModel)? {
    if case .language(let model) = learner { model } else { nil }
  }

  /// The model where it gives texts numbers; nil for others.
  public var classifier: (any SequenceClassifier)? {
    if case .classifying(let model) = learner { model } else { nil }
  }

  /// The model that an adapter is learned beside, and what is learned upon it.
  private static func adaptable(
    _ learner: Learner
  ) -> (base: any TrainableModel, heads: [(name: String, parameter: Parameter)]) {
    switch learner {
    case .language(let model): (model, [])
    case .classifying(let model): (model.adaptable, model.heads)
    case .masked(let model): (model, [])
    }
  }

  /// What the model says to examples.
  var answers: any ExampleAnswers {
    switch learner {
    case .language(let model): GreedyAnswers(model: model, tokenizer: tokenizer)
    case .masked(let model): FilledAnswers(model: model, tokenizer: tokenizer)
    case .classifying(let model): ScoredAnswers(model: model)
    }
  }

  /// Loads a model's folder for training, the weights in fp32; what `checkpoint` has learned where a run goes on from
  /// one.
  ///
  /// - Throws: `ModelError`, `AdapterError`, `EngineError` or the tokenizer's error, each naming the file.
  init(
    _ settings: ModelSettings, adapter choice: AdapterChoice? = nil, head: ModelHead = .own, checkpoint: URL?,
    on device: Device
  ) throws {
    source = URL(filePath: settings.folder)
    configuration = try ModelConfiguration(folder: source)
    let tokenizer = try Tokenizer(folder: source)
    self.tokenizer = tokenizer
    baseDigest = try choice.map { [source] _ in try BaseDigest.of(source) }
    if let choice {
      // The model's own weights are not written to, and may look at the mapped file; where most are kept in few bits,
      // that file is let go.
      learner = try Learner(source, settings.weights.format, head: head, on: device)
      let (base, heads) = Self.adaptable(learner)
      if settings.weights != .plain { base.own() }
      adapter =
        try checkpoint.map { [source] in try AdapterFolder.read($0, on: base, base: source, heads: heads) }
        ?? Adapter(choice.adapter(), on: base, heads: heads) { tokenizer.encodeIDs($0, addSpecialTokens: false) }
    } else if settings.fromNothing, checkpoint == nil {
      learner = try Learner(unloaded: source, head: head)
      adapter = nil
      learner.model.initialize(on: device)
    } else {
      learner = try Learner(checkpoint ?? source, .plain(.float32), head: head, on: device)
      adapter = nil
      learner.model.own()
    }
    guard tokenizer.vocabularySize <= learner.form.vocabularySize else {
      throw TrainingError(
        "\(source.path): the tokenizer has \(tokenizer.vocabularySize) tokens, the model only "
          + "\(learner.form.vocabularySize); they do not belong together")
    }
  }

  /// Writes an ordinary model folder, or that of an adapter, each file whole or not at all; `template` is the one that
  /// was learned, where there was one.
  ///
  /// - Throws: `EngineError` where the folder cannot be written to.
  func save(to folder: URL, template: PromptTemplate?) throws {
    if let adapter {
      try AdapterFolder.write(
        adapter, base: source, digest: baseDigest, notes: classifier.map { AdapterLabels.notes($0) } ?? [:], to: folder)
      try stamp(template, folder)
      return
    }
    try ModelFolder.save(model, configuration: headed, to: folder)
    try tokenizer.save(to: folder)
    try stamp(template, folder)
    let generation = source.appending(path: "generation_config.json")
    if let data = FileManager.default.contents(atPath: generation.path) {
      let text = String(decoding: data, as: UTF8.self)
      try AtomicFile.write(text, to: folder.appending(path: "generation_config.json"))
    }
  }

  /// The configuration with what the model has upon its body.
  private var headed: ModelConfiguration {
    guard let classifier else { return configuration }
    return ClassifierFolder.configuration(
      from: configuration, labels: ClassificationLabels(classifier.labels, classifier.problem))
  }

  /// The template, where one was learned: a model of several tasks is asked with the one of the task at hand.
  private func stamp(_ template: PromptTemplate?, _ folder: URL) throws {
    guard let template else { return }
    try AtomicFile.write(TemplateStamp.text(template), to: folder.appending(path: TemplateStamp.fileName))
  }
}
