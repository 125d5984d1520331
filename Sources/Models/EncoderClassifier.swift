import OrchardJSON
import OrchardLayers
import OrchardTensors

/// What an architecture's classification head looks like.
public struct ClassificationForm: Sendable {
  /// The names of `dense` and `output`.
  var keys: [(path: String, key: String)]
  var activation: @Sendable (Tensor) -> Tensor
  var dropout: Double
  /// Whether dropout comes before the first layer too.
  var dropsInput: Bool

  /// Reads the rate of dropout: the first of `dropoutKeys` that is there.
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
  }
}

/// From a text's first hidden state to a number for each label, by way of one layer.
public final class ClassificationHead: Module {
  let dense, output: Linear
  private let activation: @Sendable (Tensor) -> Tensor
  private let dropout: Double
  private let dropsInput: Bool

  init(_ form: ClassificationForm, width: Int, count: Int) {
    dense = Linear(width, width, bias: true)
    output = Linear(width, count, bias: true)
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
public final class EncoderClassifier: SequenceClassifier {
  /// The encoder.
  public let body: any MaskableEncoder
  /// From hidden states to a number for each label.
  public let head: ClassificationHead
  /// The labels in the order of the numbers.
  public let labels: [String]
  /// What the numbers mean.
  public let problem: ClassificationProblem
  /// The names in Hugging Face checkpoints.
  public let checkpointKeys: CheckpointKeys

  init(_ body: any MaskableEncoder, _ form: ClassificationForm, _ labels: ClassificationLabels, prefix: String) {
    self.body = body
    head = ClassificationHead(form, width: body.properties.width, count: labels.names.count)
    (self.labels, problem) = (labels.names, labels.problem)
    checkpointKeys = body.checkpointKeys.joined(
      under: "body", as: prefix, form.keys.map { ("head.\($0.path)", $0.key) })
  }

  /// Where the weights are.
  public var device: Device { body.device }
  /// The type of the weights.
  public var dtype: DType { body.dtype }
  /// The table of the tokens' vectors.
  public var embedding: Embedding { body.tokenEmbedding }
  /// What the rest of the house must know of what it reads.
  public var properties: EncoderProperties { body.properties }
  /// The model itself.
  public var adaptable: any TrainableModel { self }
  /// The weights of both layers of the head.
  public var heads: [(name: String, parameter: Parameter)] {
    head.namedParameters.map { (checkpointKeys.key(for: "head.\($0.path)"), $0.parameter) }
  }
  /// Whether a layer's activations are computed a second time in the backward pass.
  public var recomputesActivations: Bool {
    get { body.recomputesActivations }
    set { body.recomputesActivations = newValue }
  }

  /// The texts, in which a pair stands as the tokenizer joins it.
  public func batch(of texts: TokenRows, answers: TokenRows?) -> TokenBatch { TokenBatch(target: texts) }

  /// The numbers `[B, L]` of texts before they become probabilities.
  public func logits(_ batch: TokenBatch, types: Tensor? = nil, mode: ForwardMode = .inference) -> Tensor {
    head(body.hidden(batch.target, types: types, mode: mode), mode: mode)
  }
}
