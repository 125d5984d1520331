import Foundation
import OrchardAdapters
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
  public let model: ScoreModel
  /// What makes tokens of text.
  public let tokenizer: Tokenizer
  /// The template that it was trained with.
  public let template: PromptTemplate
  /// What makes examples of rows for it.
  public let renderer: Renderer

  /// Loads what `method: reward` has trained: a run's folder, a model's, or an adapter's with that of its `base`.
  ///
  /// - Throws: An error that names the file and what is wrong with it.
  public init(folder place: URL, base: URL? = nil, dtype: DType? = nil, on device: Device = .cpu) throws {
    let folder = RunFolder(place).result ?? place
    guard AdapterFolder.isOne(folder) else {
      model = try ScoreFolder.load(folder, dtype: dtype, on: device)
      tokenizer = try Tokenizer(folder: folder)
      template = try TemplateStamp.read(from: folder) ?? PromptTemplate()
      renderer = try Self.renderer(model, tokenizer)
      return
    }
    let configuration = try AdapterConfiguration(folder: folder)
    guard configuration.json["task_type"]?.string == "SEQ_CLS" else {
      throw AdapterError(
        "\(configuration.source): the adapter gives texts no scores (its task_type is not SEQ_CLS); name one that was "
          + "trained with method: reward")
    }
    guard let body = base ?? configuration.json["base_model_name_or_path"]?.string.map({ URL(filePath: $0) }) else {
      throw AdapterError("\(configuration.source): does not name its model")
    }
    model = try ScoreFolder.body(body, dtype: dtype, on: device)
    let adapter = try AdapterFolder.read(
      folder, on: model.body, base: body, heads: [(ScoreModel.key, model.head.weight)])
    if adapter.isMergeable { try adapter.merge() }
    tokenizer = try Tokenizer(folder: body)
    template = try TemplateStamp.read(from: folder) ?? PromptTemplate()
    renderer = try Self.renderer(model, tokenizer)
  }

  /// A template that takes prompts which are composed already, with what its own puts before answers.
  public var answerTemplate: PromptTemplate {
    PromptTemplate(
      name: template.name, prompt: "{{prompt}}", completion: "{{completion}}", answerSeparator: template.answerSeparator
    )
  }

  private static func renderer(_ model: ScoreModel, _ tokenizer: Tokenizer) throws -> Renderer {
    let form = ExampleForm(model.body.properties)
    var settings = RenderingSettings()
    if let context = form.contextLength { settings.maximumTokens = min(settings.maximumTokens, context) }
    return try Renderer(
      tokenizer: tokenizer, shape: form.shape, settings: settings, chat: try? tokenizer.readChatTemplate())
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
      for (number, score) in zip(numbers, withoutGradients { model.scores(batch).floats }) {
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
