import OrchardLayers
import OrchardTensors

/// A language model with a head that gives a text one number: what a reward model is.
///
/// The number is a weight vector times the last hidden state of the text's last token, as transformers'
/// `LlamaForSequenceClassification` and its kin have it (`score.weight`); an encoder–decoder reads the prompt as its source
/// and the answer as its target. The language model's own output matrix takes no part.
public final class ScoreModel: TrainableModel {
  /// The language model.
  public let body: any LanguageModel
  /// From a hidden state to a number: `[1, D]`.
  public let head: ScoreHead
  /// The names in checkpoints: the language model's own, and `score.weight`.
  public let checkpointKeys: CheckpointKeys

  /// A model upon `body`, without memory where that has none.
  public init(_ body: any LanguageModel) {
    self.body = body
    head = ScoreHead(width: body.head.weight.shape[1])
    let output = [body.head.weight, body.head.bias].compactMap { $0 }.filter { $0 !== body.embedding.weight }
    for parameter in output { parameter.isTrainable = false }
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
  /// Whether a layer's activations are computed a second time in the backward pass.
  public var recomputesActivations: Bool {
    get { body.recomputesActivations }
    set { body.recomputesActivations = newValue }
  }

  /// The scores `[B]` of texts in fp32; the target is what the decoder reads, to the last token that counts.
  public func scores(_ batch: TokenBatch, mode: ForwardMode = .inference) -> Tensor {
    let hidden = body.hidden(batch, mode: mode)
    let places = Tensor(
      batch.target.lengths.map { max(0, $0 - 1) }, shape: [batch.target.lengths.count, 1, 1], on: hidden.device)
    let last = hidden.gathered(1, by: places.expanded([hidden.size(0), 1, hidden.size(2)])).squeezed(1)
    return head(last)
  }
}

/// From hidden states to one number each.
public final class ScoreHead: Module {
  /// The weight `[1, D]`.
  public let weight: Parameter

  /// A head for states of so many numbers; it begins near 0 (Stiennon and others, "Learning to summarize from human
  /// feedback", 2020: a variance of 1/(D + 1)).
  public init(width: Int) {
    weight = Parameter([1, width], start: .normal(deviation: 1 / Double(width + 1).squareRoot()))
  }

  /// The numbers `[…]` of states `[…, D]`, in fp32.
  public func callAsFunction(_ states: Tensor) -> Tensor {
    (states.to(.float32) * weight.tensor.to(.float32).squeezed(0)).sum(along: -1)
  }
}
