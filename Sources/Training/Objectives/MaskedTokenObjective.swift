import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors

/// Masked tokens: the cross-entropy of the tokens that are hidden from a text encoder, in nats.
///
/// Devlin and others, "BERT: pre-training of deep bidirectional transformers", 2018, section 3.1, without its second task
/// of telling whether two sentences follow each other, which RoBERTa found to be of no use.
public struct MaskedTokenObjective: Objective {
  /// The model that learns.
  public let model: MaskedLanguageModel
  /// The share of each target that is spread over the whole vocabulary.
  public var labelSmoothing: Double

  /// An objective.
  public init(_ model: MaskedLanguageModel, labelSmoothing: Double = 0) {
    self.model = model
    self.labelSmoothing = labelSmoothing
  }

  /// The hidden tokens.
  public func units(_ batch: SequenceBatch) -> Int { batch.supervisedCount }

  /// The hidden tokens' cross-entropies.
  public func loss(_ batch: SequenceBatch, weight: Double, training: Bool) -> BatchLoss {
    let device = model.device
    let hidden = Self.hiddenTokens(batch)
    let states = Self.states(batch, at: hidden, of: model, mode: training ? .training : .inference)
    let made = model.head.crossEntropies(
      states, targets: Tensor(hidden.map { batch.targetIDs[$0] }, on: device),
      coefficients: Tensor([Float](repeating: Float(weight), count: hidden.count), on: device),
      smoothing: training ? labelSmoothing : 0)
    return BatchLoss(made.sum) {
      zip(hidden, made.losses.floats).reduce(into: Array(repeating: 0, count: batch.count)) { rows, entry in
        rows[entry.0 / batch.targetWidth] += Double(entry.1)
      }
    }
  }

  /// The places of the hidden tokens in a batch's targets, row by row.
  static func hiddenTokens(_ batch: SequenceBatch) -> [Int] { batch.supervised.indices.filter { batch.supervised[$0] } }

  /// The last hidden states `[N, D]` where tokens are hidden: the head has a product over the whole vocabulary, which
  /// these places alone need.
  static func states(
    _ batch: SequenceBatch, at hidden: [Int], of model: MaskedLanguageModel, mode: ForwardMode
  ) -> Tensor {
    let rows = TokenRows(
      ids: Tensor(batch.sourceIDs, shape: [batch.count, batch.sourceWidth], on: model.device),
      lengths: batch.sourceLengths)
    let states = model.body.hidden(rows, types: nil, mode: mode)
    let places = hidden.map { $0 / batch.targetWidth * batch.sourceWidth + batch.positions[$0] }
    return states.reshaped([-1, states.size(2)]).indexed(0, by: Tensor(places, on: model.device))
  }
}
