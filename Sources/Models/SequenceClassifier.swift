import OrchardJSON
import OrchardLayers
import OrchardTensors

/// A model that gives a text a number for each of its labels, whatever its body is.
///
/// It sorts texts, or, with one label, says what an answer is worth: a reward model.
public protocol SequenceClassifier: TrainableModel {
  /// The labels in the order of the numbers.
  var labels: [String] { get }
  /// What the numbers mean.
  var problem: ClassificationProblem { get }
  /// What the rest of the house must know of what it reads.
  var properties: EncoderProperties { get }
  /// The weights upon the body, by their names in checkpoints.
  var heads: [(name: String, parameter: Parameter)] { get }
  /// The model that adapters are learned beside: their weights are called as its layers are.
  var adaptable: any TrainableModel { get }
  /// What the model reads of texts, or of prompts with their answers.
  ///
  /// A body that reads both as one sequence gets that as its texts.
  func batch(of texts: TokenRows, answers: TokenRows?) -> TokenBatch
  /// The numbers `[B, L]` of a batch before they become probabilities; `types` as in `TextEncoder.hidden`.
  func logits(_ batch: TokenBatch, types: Tensor?, mode: ForwardMode) -> Tensor
}

extension SequenceClassifier {
  /// The numbers `[B, L]` of texts before they become probabilities; `types` as in `TextEncoder.hidden`.
  public func logits(_ texts: TokenRows, types: Tensor? = nil, mode: ForwardMode = .inference) -> Tensor {
    logits(batch(of: texts, answers: nil), types: types, mode: mode)
  }

  /// Logits `[B, L]` as probabilities, or as they are in a regression; in fp32.
  public func scores(_ logits: Tensor) -> Tensor {
    let logits = logits.to(.float32)
    switch problem {
    case .singleLabel: return logits.softmax()
    case .multiLabel: return logits.sigmoid
    case .regression: return logits
    }
  }
}

/// What the numbers of a classifier mean.
public enum ClassificationProblem: String, Sendable {
  /// One of several labels is right: probabilities that add up to 1.
  case singleLabel = "single_label_classification"
  /// Each label is right or wrong by itself: a probability each.
  case multiLabel = "multi_label_classification"
  /// Numbers as they are.
  case regression
}

/// The labels of a classifier, and what their numbers mean.
public struct ClassificationLabels: Sendable, Equatable {
  /// The labels in the order of the numbers.
  public var names: [String]
  /// What the numbers mean.
  public var problem: ClassificationProblem

  /// Labels.
  public init(_ names: [String], _ problem: ClassificationProblem) { (self.names, self.problem) = (names, problem) }

  /// One number that says what an answer is worth.
  public static let score = ClassificationLabels(["score"], .regression)

  /// Reads labels and problem as transformers does: two labels where nothing is said, regression where there is one.
  ///
  /// - Throws: `ModelError` that names the key.
  public init(_ json: ModelConfiguration) throws {
    names = try Self.names(json)
    let name = try json.text("problem_type", default: names.count == 1 ? "regression" : "single_label_classification")
    guard let problem = ClassificationProblem(rawValue: name) else {
      throw ModelError(
        "\(json.source): “problem_type” is “\(name)”; known are regression, single_label_classification, "
          + "multi_label_classification")
    }
    self.problem = problem
  }

  private static func names(_ json: ModelConfiguration) throws -> [String] {
    guard let names = try json.object("id2label") else {
      let count = try json.integer("num_labels", default: 2)
      return (0..<count).map { "LABEL_\($0)" }
    }
    return try (0..<names.json.keys.count).map { number in
      guard let name = names.json["\(number)"]?.string else {
        throw ModelError("\(names.source): must name every label from 0; “\(number)” is missing or no text")
      }
      return name
    }
  }

  /// A configuration that has these labels, and none that are its own.
  func written(to configuration: ModelConfiguration) -> ModelConfiguration {
    var json = configuration.json
    json["num_labels"] = nil
    json["id2label"] = .object(JSONObject(names.enumerated().map { ("\($0.offset)", .string($0.element)) }))
    json["label2id"] = .object(JSONObject(names.enumerated().map { ($0.element, .integer($0.offset)) }))
    json["problem_type"] = .string(problem.rawValue)
    return ModelConfiguration(json, source: configuration.source)
  }
}
