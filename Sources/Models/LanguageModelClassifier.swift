import OrchardLayers
import OrchardTensors

/// A language model with a head that gives a text numbers.
///
/// They are a matrix times the last hidden state of the text's last token, as transformers' `LlamaForSequenceClassification`
/// and its kin have it (`score.weight`); an encoder–decoder reads the prompt as its source and the answer, if there is one,
/// as its target. The language model's own output matrix takes no part.
public final class LanguageModelClassifier: SequenceClassifier {
  /// The language model.
  public let body: any LanguageModel
  /// From a hidden state to a number for each label: `[L, D]`.
  public let head: ScoreHead
  /// The labels in the order of the numbers.
  public let labels: [String]
  /// What the numbers mean.
  public let problem: ClassificationProblem
  /// The names in checkpoints: the language model's own, and `score.weight`.
  public let checkpointKeys: CheckpointKeys

  /// A model upon `body`, without memory where that has none.
  public init(_ body: any LanguageModel, _ labels: ClassificationLabels) {
    self.body = body
    (self.labels, problem) = (labels.names, labels.problem)
    head = ScoreHead(width: body.head.weight.shape[1], count: labels.names.count)
    let output = body.restOutput()
    let keys = body.checkpointKeys
    let unused = body.namedParameters.filter { entry in output.contains { $0 === entry.parameter } }
    checkpointKeys = keys.joined(
      under: "body", as: nil, [("head", "score")], optional: [Self.key] + unused.map { keys.key(for: $0.path) })
  }

  /// The head's weight in a checkpoint.
  public static let key = "score.weight"

  /// Where the weights are.
  public var device: Device { body.device }
  /// The type of the weights.
  public var dtype: DType { body.dtype }
  /// The matrix to the vocabulary.
  public var outputWeight: Parameter? { body.outputWeight }
  /// The table of the tokens' vectors.
  public var embedding: Embedding { body.embedding }
  /// The language model.
  public var adaptable: any TrainableModel { body }
  /// The head's weight.
  public var heads: [(name: String, parameter: Parameter)] { [(Self.key, head.weight)] }
  /// What the rest of the house must know of what it reads.
  public var properties: EncoderProperties { EncoderProperties(body.properties) }
  /// Whether a layer's activations are computed a second time in the backward pass.
  public var recomputesActivations: Bool {
    get { body.recomputesActivations }
    set { body.recomputesActivations = newValue }
  }

  /// What the model reads: of an encoder–decoder the decoder begins with its start token.
  public func batch(of texts: TokenRows, answers: TokenRows?) -> TokenBatch {
    guard body.properties.kind == .encoderDecoder else { return TokenBatch(target: texts) }
    let start = Tensor(
      [Int](repeating: body.properties.startToken ?? 0, count: texts.lengths.count), shape: [texts.lengths.count, 1],
      on: texts.ids.device)
    guard let answers else {
      return TokenBatch(source: texts, target: TokenRows(ids: start, lengths: texts.lengths.map { _ in 1 }))
    }
    let read = TokenRows(
      ids: Tensor.concatenated([start, answers.ids], along: 1), lengths: answers.lengths.map { $0 + 1 })
    return TokenBatch(source: texts, target: read)
  }

  /// The numbers `[B, L]` of texts in fp32; the target is what the decoder reads, to the last token that counts.
  public func logits(_ batch: TokenBatch, types: Tensor? = nil, mode: ForwardMode = .inference) -> Tensor {
    let hidden = body.hidden(batch, mode: mode)
    let places = Tensor(
      batch.target.lengths.map { max(0, $0 - 1) }, shape: [batch.target.lengths.count, 1, 1], on: hidden.device)
    let last = hidden.gathered(1, by: places.expanded([hidden.size(0), 1, hidden.size(2)])).squeezed(1)
    return head(last)
  }
}

extension LanguageModel {
  /// Lets the output matrix and its bias rest, where states alone are learned; tokens' vectors that are tied to it learn on.
  ///
  /// Returns what rests.
  @discardableResult
  package func restOutput() -> [Parameter] {
    let output = [head.weight, head.bias].compactMap { $0 }.filter { $0 !== embedding.weight }
    for parameter in output { parameter.isTrainable = false }
    return output
  }
}

/// From hidden states to numbers: a matrix without a bias.
public final class ScoreHead: Module {
  /// The weight `[L, D]`.
  public let weight: Parameter

  /// A head for states of so many numbers; it begins near 0 (Stiennon and others, "Learning to summarize from human
  /// feedback", 2020: a variance of 1/(D + 1)).
  public init(width: Int, count: Int = 1) {
    weight = Parameter([count, width], start: .normal(deviation: 1 / Double(width + 1).squareRoot()))
  }

  /// The numbers `[…, L]` of states `[…, D]`, in fp32.
  public func callAsFunction(_ states: Tensor) -> Tensor {
    states.to(.float32).matmul(weight.tensor.to(.float32).transposed(0, 1))
  }
}
