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
  /// What the unit of the loss is, as a reader finds it beside a number: "nats a token".
  var unit: String { get }
  /// The names of what is told of a step beside its loss.
  var figures: [String] { get }
  /// Whether adding one number to everything that is computed changes nothing, so that a last bias may get no gradient.
  var ignoresShifts: Bool { get }
  /// What a run that goes on must find again beside weights and optimiser; empty for nothing.
  var state: [(name: String, tensor: Tensor)] { get }
  /// Takes up what `state` gave.
  func restore(_ state: (String) -> Tensor?)
}

extension Objective {
  /// Nats a token.
  public var unit: String { "nats a token" }
  /// Nothing.
  public var figures: [String] { [] }
  /// It does.
  public var ignoresShifts: Bool { false }
  /// Nothing.
  public var state: [(name: String, tensor: Tensor)] { [] }
  /// Nothing to be taken up.
  public func restore(_ state: (String) -> Tensor?) {}
}

/// The losses of a batch.
public struct BatchLoss {
  /// The sum of the units' losses, each times its weight: one number, with its gradients.
  public let sum: Tensor
  /// The sum of each row's losses without weights, `B`; computed when it is asked for.
  public var rows: [Double] { makeRows() }
  /// The units of each row, `B`; nil where they are the tokens that it learns.
  public let rowUnits: [Int]?
  /// What is told of the batch, for each of the objective's figures: a sum, and of how many.
  public let figures: [FigureSum]
  private let makeRows: () -> [Double]

  /// A batch's losses.
  public init(
    _ sum: Tensor, figures: [FigureSum] = [], rowUnits: [Int]? = nil, rows: @escaping () -> [Double]
  ) {
    self.sum = sum
    self.figures = figures
    self.rowUnits = rowUnits
    makeRows = rows
  }
}
