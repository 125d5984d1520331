import OrchardJSON
import OrchardLayers
import OrchardTensors

/// What the numbers of a classifier mean.
public enum ClassificationProblem: String, Sendable {
  /// One of several labels is right: probabilities that add up to 1.
  case singleLabel = "single_label_classification"
  /// Each label is right or wrong by itself: a probability each.
  case multiLabel = "multi_label_classification"
  /// Numbers as they are.
  case regression
}

/// What an architecture's classification head looks like, and what it has learned to tell.
public struct ClassificationForm: Sendable {
  /// The names of `dense` and `output`.
  var keys: [(path: String, key: String)]
  var activation: @Sendable (Tensor) -> Tensor
  var dropout: Double
  /// Whether dropout comes before the first layer too.
  var dropsInput: Bool
  /// The labels in order.
  var labels: [String]
  var problem: ClassificationProblem

  /// Reads labels and problem as transformers does: two labels where nothing is said, regression where there is one.
  ///
  /// The first of `dropoutKeys` that is there gives the rate.
  /// - Throws: `ModelError` that names the key.
  init(
    _ json: ModelConfiguration, keys: [(path: String, key: String)], activation: @escaping @Sendable (Tensor) -> Tensor,
    dropoutKeys: [String],
    dropoutDefault: Double = 0.1, dropsInput: Bool = false
  ) throws {
    self.keys = keys
    self.activation = activation
    self.dropsInput = dropsInput
    dropout = try json.number(dropoutKeys.first(where: json.has) ?? "", default: dropoutDefault)
    labels = try Self.labels(json)
    let name = try json.text("problem_type", default: labels.count == 1 ? "regression" : "single_label_classification")
    guard let problem = ClassificationProblem(rawValue: name) else {
      throw ModelError(
        "\(json.source): “problem_type” is “\(name)”; known are regression, single_label_classification, "
          + "multi_label_classification")
    }
    self.problem = problem
  }

  private static func labels(_ json: ModelConfiguration) throws -> [String] {
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
}

/// From a text's first hidden state to a number for each label, by way of one layer.
public final class ClassificationHead: Module {
  let dense, output: Linear
  private let activation: @Sendable (Tensor) -> Tensor
  private let dropout: Double
  private let dropsInput: Bool

  init(_ form: ClassificationForm, width: Int) {
    dense = Linear(width, width, bias: true)
    output = Linear(width, form.labels.count, bias: true)
    activation = form.activation
    dropout = form.dropout
    dropsInput = form.dropsInput
  }

  /// The numbers `[B, L]` of hidden states `[B, T, D]`.
  func callAsFunction(_ hidden: Tensor, mode: ForwardMode) -> Tensor {
    let rate = mode == .training ? dropout : 0
    let first = hidden.selected(1, 0).dropout(dropsInput ? rate : 0)
    return output(activation(dense(first)).dropout(rate))
  }
}

/// An encoder that sorts texts, or pairs of texts, by labels, or gives them numbers.
public final class SequenceClassifier: CheckpointModule {
  /// The encoder.
  public let body: any TextEncoder
  /// From hidden states to a number for each label.
  public let head: ClassificationHead
  /// The labels in the order of the numbers.
  public let labels: [String]
  /// What the numbers mean.
  public let problem: ClassificationProblem
  /// The names in Hugging Face checkpoints.
  public let checkpointKeys: CheckpointKeys

  init(_ body: any TextEncoder, _ form: ClassificationForm, prefix: String) {
    self.body = body
    head = ClassificationHead(form, width: body.properties.width)
    labels = form.labels
    problem = form.problem
    checkpointKeys = body.checkpointKeys.joined(
      under: "body", as: prefix, form.keys.map { ("head.\($0.path)", $0.key) })
  }

  /// Where the weights are.
  public var device: Device { body.device }

  /// The type of the weights.
  public var dtype: DType { body.dtype }

  /// The numbers `[B, L]` of texts before they become probabilities; `types` as in `TextEncoder.hidden`.
  public func logits(_ rows: TokenRows, types: Tensor? = nil, mode: ForwardMode = .inference) -> Tensor {
    head(body.hidden(rows, types: types, mode: mode), mode: mode)
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
