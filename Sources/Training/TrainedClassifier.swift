import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardJSON
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// A classifier or a reward model that a run has trained, with its tokenizer and its template.
public struct TrainedClassifier {
  /// The model.
  public let model: any SequenceClassifier
  /// What makes tokens of text.
  public let tokenizer: Tokenizer
  /// The template that it was trained with.
  public let template: PromptTemplate

  /// Loads a run's folder, a model's, or an adapter's with that of its `base`, which is merged where it can be.
  ///
  /// - Throws: An error that names the file and what is wrong with it.
  public init(folder place: URL, base: URL? = nil, dtype: DType? = nil, on device: Device = .cpu) throws {
    let folder = RunFolder(place).result ?? place
    template = try TemplateStamp.read(from: folder) ?? PromptTemplate()
    guard AdapterFolder.isOne(folder) else {
      model = try ClassifierFolder.load(folder, .plain(dtype), on: device)
      tokenizer = try Tokenizer(folder: folder)
      return
    }
    let configuration = try AdapterConfiguration(folder: folder)
    guard Self.isClassifier(configuration) else {
      throw AdapterError(
        "\(configuration.source): the adapter gives texts no scores (its task_type is not SEQ_CLS); name one that was "
          + "trained with method: reward or method: classify")
    }
    guard let body = base ?? configuration.json["base_model_name_or_path"]?.string.map({ URL(filePath: $0) }) else {
      throw AdapterError("\(configuration.source): does not name its model")
    }
    let adapter: Adapter
    (model, adapter) = try Self.unmerged(folder, base: body, dtype: dtype, on: device)
    if adapter.isMergeable { try adapter.merge() }
    tokenizer = try Tokenizer(folder: body)
  }

  /// Whether an adapter makes a model that gives texts numbers.
  package static func isClassifier(_ configuration: AdapterConfiguration) -> Bool {
    configuration.json["task_type"]?.string == "SEQ_CLS"
  }

  /// A model with a classifier's adapter beside its weights; that it was learned beside these is looked at, unless `anyBase`.
  ///
  /// - Throws: An error that names the file and what is wrong with it.
  package static func unmerged(
    _ folder: URL, base: URL, anyBase: Bool = false, dtype: DType? = nil, on device: Device = .cpu
  ) throws -> (model: any SequenceClassifier, adapter: Adapter) {
    let model = try ClassifierFolder.load(
      base, labels: try AdapterLabels.read(from: folder), .plain(dtype), on: device)
    return (
      model,
      try AdapterFolder.read(folder, on: model.adaptable, base: anyBase ? nil : base, heads: model.heads)
    )
  }

  private init(_ model: any SequenceClassifier, _ tokenizer: Tokenizer, _ template: PromptTemplate) {
    (self.model, self.tokenizer, self.template) = (model, tokenizer, template)
  }

  /// Whether a folder holds a classifier that is an adapter of the model in `base`.
  ///
  /// - Throws: `AdapterError` where it holds an adapter that cannot be read.
  package static func isAdapter(_ folder: URL, of base: URL) throws -> Bool {
    guard AdapterFolder.isOne(folder) else { return false }
    let configuration = try AdapterConfiguration(folder: folder)
    guard isClassifier(configuration), let name = configuration.json["base_model_name_or_path"]?.string
    else { return false }
    func real(_ url: URL) -> String { url.standardizedFileURL.resolvingSymlinksInPath().path }
    return real(URL(filePath: name)) == real(base)
  }

  /// A classifier that is an adapter, read beside a model that is loaded already and has no other adapter on.
  ///
  /// - Throws: `AdapterError` that names what does not fit.
  package static func read(
    _ folder: URL, beside body: any LanguageModel, base: URL
  ) throws -> (trained: TrainedClassifier, adapter: Adapter) {
    let model = LanguageModelClassifier(body, try AdapterLabels.read(from: folder))
    let adapter = try AdapterFolder.read(folder, on: body, base: base, heads: model.heads)
    return (
      TrainedClassifier(
        model, try Tokenizer(folder: base), try TemplateStamp.read(from: folder) ?? PromptTemplate()), adapter
    )
  }
}

/// The labels of a classifier that is an adapter, for which peft has no place: they stand beside its numbers.
enum AdapterLabels {
  private static let (names, problem) = ("labels", "problem_type")

  static func notes(_ model: any SequenceClassifier) -> [String: String] {
    [names: JSONValue.array(model.labels.map { .string($0) }).text, problem: model.problem.rawValue]
  }

  /// The labels; where a folder tells none, as peft's own do not, they are numbered, or the one of a reward model.
  static func read(from folder: URL) throws -> ClassificationLabels {
    let file = try AdapterFolder.weights(in: folder)
    guard let text = file.metadata[names] else {
      let ends = ["score.weight", "classifier.weight", "classifier.out_proj.weight"]
      let head = file.entries.first { entry in ends.contains { entry.key.hasSuffix(".\($0)") } }
      guard let count = head?.value.shape.first, count > 1 else { return .score }
      return ClassificationLabels((0..<count).map { "LABEL_\($0)" }, .singleLabel)
    }
    guard let labels = (try? JSONValue(parsing: text))?.array?.compactMap(\.string), !labels.isEmpty,
      let problem = file.metadata[problem].flatMap(ClassificationProblem.init)
    else { throw AdapterError("\(file.url.path): its labels (“\(names)”) are damaged: \(text.prefix(80))") }
    return ClassificationLabels(labels, problem)
  }
}
