import Foundation
import OrchardJSON
import OrchardReports

/// How far probabilities are from how often they come true (Guo and others, "On calibration of modern neural networks",
/// 2017).
public struct Calibration: Sendable, Equatable {
  /// Predictions of about the same confidence.
  public struct Bin: Sendable, Equatable {
    /// Predictions.
    public let count: Int
    /// Their mean probability.
    public let confidence: Double
    /// How often they are right.
    public let accuracy: Double
  }

  /// Ten bins of equal width from the least confidence that can be to 1; those that hold predictions.
  public let bins: [Bin]
  /// The mean distance of confidence and accuracy over the bins, each weighed by its predictions.
  public let error: Double

  /// The calibration of predictions, each with its probability, at least `least`, and how right it is, from 0 to 1.
  public init(_ predictions: [(confidence: Double, accuracy: Double)], least: Double = 0) {
    let binned = Dictionary(grouping: predictions) { min(9, max(0, Int(($0.confidence - least) / (1 - least) * 10))) }
    bins = binned.sorted { $0.key < $1.key }.map { _, own in
      Bin(
        count: own.count, confidence: own.reduce(0) { $0 + $1.confidence } / Double(own.count),
        accuracy: own.reduce(0) { $0 + $1.accuracy } / Double(own.count))
    }
    let count = Double(predictions.count)
    error = bins.reduce(0) { $0 + Double($1.count) / count * abs($1.confidence - $1.accuracy) }
  }

  /// The bins by name; `unit` is what is counted.
  public func json(unit: String) -> JSONValue {
    .array(
      bins.map {
        .object(
          JSONObject([
            (unit, .integer($0.count)), ("confidence", .number($0.confidence)), ("accuracy", .number($0.accuracy)),
          ]))
      })
  }

  /// The bins as a table; `unit` is what is counted.
  public func table(unit: String) -> ReportTable {
    func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
    return ReportTable(
      head: ["confidence", "accuracy", unit],
      rows: bins.map { [percent($0.confidence), percent($0.accuracy), "\($0.count)"] }, numeric: [0, 1, 2])
  }
}
