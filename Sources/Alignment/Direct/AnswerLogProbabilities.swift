import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors

/// The log-probabilities of a batch's answers: those of their tokens added up.
struct AnswerLogProbabilities {
  /// Each answer's, `[B]` in nats, with gradients.
  let sums: Tensor
  /// Each answer's tokens, `[B]`.
  let counts: Tensor
  private let tokens: TokenLogProbabilities

  init(_ model: any LanguageModel, _ batch: SequenceBatch, training: Bool) {
    tokens = TokenLogProbabilities(model, batch, mode: training ? .training : .inference, records: training)
    sums = tokens.values.sum(along: 1)
    counts = tokens.mask.sum(along: 1)
  }

  /// The number `value`, computed from `sums`, with gradients that reach what is learned.
  func loss(_ value: Tensor) -> Tensor { tokens.loss(value) }
}
