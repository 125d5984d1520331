import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardModels
import OrchardTensors
import OrchardTokenizers
import OrchardTraining

/// A trained reward model: prompts and answers in, a score for each answer out.
///
/// ```swift
/// let reward = try RewardModel(folder: URL(filePath: "runs/reward/model"))
/// print(try reward.scores(of: [(prompt: "How are you?", answer: "Fine, and you?")]))
/// ```
public struct RewardModel {
  /// The model.
  public let model: any SequenceClassifier
  /// What makes tokens of text.
  public let tokenizer: Tokenizer
  /// The template that it was trained with.
  public let template: PromptTemplate
  /// What makes examples of rows for it.
  public let renderer: Renderer

  /// Loads what `method: reward` has trained: a run's folder, a model's, or an adapter's with that of its `base`.
  ///
  /// - Throws: An error that names the file and what is wrong with it.
  public init(folder: URL, base: URL? = nil, dtype: DType? = nil, on device: Device = .cpu) throws {
    try self.init(TrainedClassifier(folder: folder, base: base, dtype: dtype, on: device), source: folder)
  }

  /// A model that is loaded already; `source` is for messages.
  ///
  /// - Throws: `ModelError` where it sorts texts by labels.
  public init(_ trained: TrainedClassifier, source: URL) throws {
    (model, tokenizer, template) = (trained.model, trained.tokenizer, trained.template)
    guard model.labels.count == 1 else {
      throw ModelError(
        "\(source.path): the model sorts texts by labels (\(model.labels.joined(separator: ", "))) and gives answers no "
          + "score; use it as a reward of the kind classifier, with the label that is wanted")
    }
    let form = ExampleForm(model)
    var settings = RenderingSettings()
    if let context = form.contextLength { settings.maximumTokens = min(settings.maximumTokens, context) }
    renderer = try Renderer(
      tokenizer: tokenizer, shape: form.shape, settings: settings, chat: try? tokenizer.readChatTemplate(),
      isFramed: form.shape == .encoder)
  }

  /// A template that takes prompts which are composed already, with what its own puts before answers.
  public var answerTemplate: PromptTemplate {
    PromptTemplate(
      name: template.name, prompt: "{{prompt}}", completion: "{{completion}}", answerSeparator: template.answerSeparator
    )
  }

  /// The score of each answer to its prompt: the higher the better.
  ///
  /// Only differences between answers to one prompt mean anything, unless the model was trained with centring.
  /// - Throws: `DataError` where a text is too long; `ModelError` where a score is no number.
  public func scores(of texts: [(prompt: String, answer: String)], batchSize: Int = 16) throws -> [Double] {
    let composer = PromptComposer(answerTemplate)
    let examples = try texts.enumerated().map { number, text in
      let row = DataRow(
        fields: JSONObject([("prompt", .string(text.prompt)), ("completion", .string(text.answer))]), file: "text",
        line: number + 1)
      guard let example = try renderer.render(row, number: number, composer: composer).first else {
        throw row.error("is too long to be scored")
      }
      return example
    }
    return try scores(examples, batchSize: batchSize)
  }

  /// The scores of examples; they do not depend on what stands beside one in a batch, beyond rounding.
  ///
  /// `report` hears how many are done.
  /// - Throws: `ModelError` where a score is no number; what `report` throws.
  public func scores(
    _ examples: [RenderedExample], batchSize: Int = 16, report: (Int) throws -> Void = { _ in }
  ) throws -> [Double] {
    var scores = [Double](repeating: 0, count: examples.count)
    let order = examples.indices.sorted { (examples[$1].count, $0) < (examples[$0].count, $1) }
    for start in stride(from: 0, to: order.count, by: max(1, batchSize)) {
      let numbers = Array(order[start..<min(start + max(1, batchSize), order.count)])
      let batch = SequenceBatch(numbers, of: examples, paddingID: 0)
      for (number, score) in zip(numbers, withoutGradients { model.logits(batch).to(.float32).floats }) {
        guard score.isFinite else {
          throw ModelError(
            "the reward model gave no number for row \(examples[number].row + 1): its weights are damaged, or its numbers "
              + "overflowed (use fp32)")
        }
        scores[number] = Double(score)
      }
      try report(start + numbers.count)
    }
    return scores
  }
}
