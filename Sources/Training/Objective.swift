import OrchardDatasets
import OrchardTensors

/// What a run makes smaller: a loss of one model over batches of examples.
///
/// The loss is a sum over units (tokens, pairs …), each with the same weight. The run divides by the number of units of
/// the whole step, so that k batches of b examples teach the same as one of k·b.
public protocol Objective {
  /// The units that a batch holds.
  func units(_ batch: SequenceBatch) -> Int
  /// The sum of the losses of a batch's units, each times `weight`: one number, with its gradients.
  func loss(_ batch: SequenceBatch, weight: Double, training: Bool) -> Tensor
}
