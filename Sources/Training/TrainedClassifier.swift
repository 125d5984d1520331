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
    guard configuration.json["task_type"]?.string == "SEQ_CLS" else {
      throw AdapterError(
        "\(configuration.source): the adapter gives texts no scores (its task_type is not SEQ_CLS); name one that was "
          + "trained with method: reward or method: classify")
    }
    guard let body = base ?? configuration.json["base_model_name_or_path"]?.string.map({ URL(filePath: $0) }) else {
      throw AdapterError("\(configuration.source): does not name its model")
    }
    model = try ClassifierFolder.load(
      body, labels: try AdapterLabels.read(from: folder), .plain(dtype), on: device)
    let adapter = try AdapterFolder.read(folder, on: model.adaptable, base: body, heads: model.heads)
    if adapter.isMergeable { try adapter.merge() }
    tokenizer = try Tokenizer(folder: body)
  }
}

/// The labels of a classifier that is an adapter, for which peft has no place: they stand beside its numbers.
enum AdapterLabels {
  private static let (names, problem) = ("labels", "problem_type")

  static func notes(_ model: any SequenceClassifier) -> [String: String] {
    [names: JSONValue.array(model.labels.map { .string($0) }).text, problem: model.problem.rawValue]
  }

  /// The labels; where a folder tells none, the one of a reward model.
  static func read(from folder: URL) throws -> ClassificationLabels {
    let file = try AdapterFolder.weights(in: folder)
    guard let text = file.metadata[names] else { return .score }
    guard let labels = (try? JSONValue(parsing: text))?.array?.compactMap(\.string), !labels.isEmpty,
      let problem = file.metadata[problem].flatMap(ClassificationProblem.init)
    else { throw AdapterError("\(file.url.path): its labels (“\(names)”) are damaged: \(text.prefix(80))") }
    return ClassificationLabels(labels, problem)
  }
}
