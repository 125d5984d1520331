import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors

/// Instruction fine-tuning: the cross-entropy of the supervised tokens, in nats.
public struct CompletionObjective: Objective {
  /// The model that learns.
  public let model: any LanguageModel
  /// The share of each target that is spread over the whole vocabulary.
  ///
  /// Followed: Szegedy and others, Rethinking the Inception Architecture, 2016, section 7.
  public var labelSmoothing: Double

  /// An objective.
  public init(_ model: any LanguageModel, labelSmoothing: Double = 0) {
    self.model = model
    self.labelSmoothing = labelSmoothing
  }

  /// The supervised tokens.
  public func units(_ batch: SequenceBatch) -> Int { batch.supervisedCount }

  /// The supervised tokens' cross-entropies.
  public func loss(_ batch: SequenceBatch, weight: Double, training: Bool) -> BatchLoss {
    let inputs = Self.inputs(batch, for: model, weight: weight)
    return loss(model.hidden(inputs.tokens, mode: training ? .training : .inference), inputs, training)
  }

  /// The loss of the last hidden states of a batch.
  func loss(_ hidden: Tensor, _ inputs: Inputs, _ training: Bool) -> BatchLoss {
    let made = model.head.crossEntropies(
      hidden.reshaped([-1, hidden.size(-1)]), targets: inputs.targets, coefficients: inputs.weights,
      smoothing: training ? labelSmoothing : 0)
    let (rows, width) = (hidden.size(0), hidden.size(1))
    return BatchLoss(made.sum) { made.losses.reshaped([rows, width]).sum(along: 1).floats.map(Double.init) }
  }

  /// A batch as the model reads it, and for each place of its output the target's id and weight.
  package typealias Inputs = (tokens: TokenBatch, targets: Tensor, weights: Tensor)

  package static func inputs(_ batch: SequenceBatch, for model: any LanguageModel, weight: Double) -> Inputs {
    let device = model.device
    let (rows, width) = (batch.count, batch.targetWidth)
    func tensor(_ values: [Int], _ width: Int) -> Tensor { Tensor(values, shape: [rows, width], on: device) }
    func weights(_ supervised: [Bool]) -> Tensor { Tensor(supervised.map { $0 ? Float(weight) : 0 }, on: device) }
    if batch.sourceWidth > 0 {
      // The decoder reads the answer one place to the right, behind the start token.
      let start = model.properties.startToken ?? 0
      let shifted = (0..<rows).flatMap { row in
        [start] + batch.targetIDs[row * width..<(row + 1) * width - 1]
      }
      let tokens = TokenBatch(
        source: TokenRows(ids: tensor(batch.sourceIDs, batch.sourceWidth), lengths: batch.sourceLengths),
        target: TokenRows(ids: tensor(shifted, width), lengths: batch.targetLengths))
      return (tokens, Tensor(batch.targetIDs, on: device), weights(batch.supervised))
    }
    // Each place foretells the next one; the first token of a packed example is foretold by no other example.
    let next = (0..<rows * width).map { $0 % width == width - 1 ? nil : Optional($0 + 1) }
    let targets = next.map { $0.map { batch.targetIDs[$0] } ?? 0 }
    let supervised = next.map { $0.map { batch.supervised[$0] } ?? false }
    let segments =
      batch.isPacked ? (0..<rows).map { Array(batch.segments[$0 * width..<($0 + 1) * width]) } : nil
    let tokens = TokenBatch(
      target: TokenRows(ids: tensor(batch.targetIDs, width), lengths: batch.targetLengths), segments: segments)
    return (tokens, Tensor(targets, on: device), weights(supervised))
  }
}
