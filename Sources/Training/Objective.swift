import OrchardDatasets
import OrchardTensors

/// What a run makes smaller: a loss of one model over batches of examples.
///
/// The loss is a sum over units (tokens, pairs …), each with the same weight. The run divides by the number of units of
/// the whole step, so that k batches of b examples teach the same as one of k·b.
public protocol Objective {
  /// The units that a batch holds.
  func units(_ batch: SequenceBatch) -> Int
  /// The losses of a batch's units, each of which counts `weight` in their sum.
  func loss(_ batch: SequenceBatch, weight: Double, training: Bool) -> BatchLoss
}

/// The losses of a batch.
public struct BatchLoss {
  /// The sum of the units' losses, each times its weight: one number, with its gradients.
  public let sum: Tensor
  /// The sum of each row's losses without weights, `B`; computed when it is asked for.
  public var rows: [Double] { makeRows() }
  private let makeRows: () -> [Double]

  /// A batch's losses.
  public init(_ sum: Tensor, rows: @escaping () -> [Double]) {
    self.sum = sum
    makeRows = rows
  }
}
