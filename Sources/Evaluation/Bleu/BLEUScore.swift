import Foundation
import OrchardReports

/// What stands for an n-gram precision of zero.
///
/// Follows Chen and Cherry, "A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU", 2014.
public enum BLEUSmoothing: Sendable, Equatable {
  /// Nothing: the score becomes 0.
  case none
  /// That many matches instead of none; 0.1 by default.
  case floor(Double = 0.1)
  /// That much added to matches and totals of orders above 1; 1 by default.
  case add(Double = 1)
  /// Half, a quarter, an eighth … of a match for each further order without one; sacreBLEU's default.
  case exponential

  /// The smoothing that sacreBLEU calls `exp`, `floor`, `add-k` or `none`; nil for any other name.
  ///
  /// - Parameters:
  ///   - name: sacreBLEU's name.
  ///   - value: The value of `floor` and `add-k`; their default where nil.
  public init?(_ name: String, value: Double? = nil) {
    switch name {
    case "none": self = .none
    case "exp": self = .exponential
    case "floor": self = .floor(value ?? 0.1)
    case "add-k": self = .add(value ?? 1)
    default: return nil
    }
  }

  /// The name as it stands in signatures, such as `floor[0.10]`.
  public var signature: String {
    switch self {
    case .none: "none"
    case .floor(let value): "floor[\(value.fixed(2))]"
    case .add(let value): "add-k[\(value.fixed(2))]"
    case .exponential: "exp"
    }
  }
}

/// A BLEU score with everything that it was computed from.
public struct BLEUScore: Sendable, Equatable {
  /// The score, 0 to 100.
  public let score: Double
  /// Matched n-grams of each order, smoothing included.
  public let counts: [Double]
  /// Predicted n-grams of each order, smoothing included.
  public let totals: [Double]
  /// The precision of each order in percent.
  public let precisions: [Double]
  /// The factor for predictions shorter than their references.
  public let brevityPenalty: Double
  /// Words in the predictions.
  public let predictionLength: Int
  /// Words in those references that come nearest in length.
  public let referenceLength: Int

  /// The score of the given counts.
  ///
  /// - Parameters:
  ///   - matches: Matched n-grams of orders 1, 2, 3 …
  ///   - totals: Predicted n-grams of those orders.
  ///   - predictionLength: Words in the predictions.
  ///   - referenceLength: Words in the nearest references.
  ///   - smoothing: What stands for a precision of zero.
  ///   - effectiveOrder: Whether orders without any predicted n-gram are left out of the mean.
  public init(
    matches: [Double], totals: [Double], predictionLength: Int, referenceLength: Int, smoothing: BLEUSmoothing,
    effectiveOrder: Bool
  ) {
    self.predictionLength = predictionLength
    self.referenceLength = referenceLength
    let isShort = predictionLength < referenceLength
    let ratio = predictionLength > 0 ? Double(referenceLength) / Double(predictionLength) : .infinity
    brevityPenalty = isShort ? exp(1 - ratio) : 1

    var counts = matches
    var totals = totals
    var precisions = Array(repeating: 0.0, count: matches.count)
    var order = 0
    if matches.contains(where: { $0 > 0 }) {
      order = BLEUScore.fill(&precisions, &counts, &totals, smoothing: smoothing, effectiveOrder: effectiveOrder)
    }
    self.counts = counts
    self.totals = totals
    self.precisions = precisions
    var logarithms = 0.0
    for precision in precisions[..<order] { logarithms += precision == 0 ? -9_999_999_999 : log(precision) }
    score = order == 0 ? 0 : brevityPenalty * exp(logarithms / Double(order))
  }

  /// Fills in the smoothed precisions; returns the number of orders that the mean is taken over.
  private static func fill(
    _ precisions: inout [Double], _ counts: inout [Double], _ totals: inout [Double], smoothing: BLEUSmoothing,
    effectiveOrder: Bool
  ) -> Int {
    var halved = 1.0
    var order = counts.count
    for place in counts.indices {
      if case .add(let value) = smoothing, place > 0 {
        counts[place] += value
        totals[place] += value
      }
      if totals[place] == 0 { break }
      if effectiveOrder { order = place + 1 }
      if counts[place] > 0 {
        precisions[place] = 100 * counts[place] / totals[place]
      } else if case .exponential = smoothing {
        halved *= 2
        precisions[place] = 100 / (halved * totals[place])
      } else if case .floor(let value) = smoothing {
        precisions[place] = 100 * value / totals[place]
      }
    }
    return order
  }

  /// The score as sacreBLEU prints it.
  ///
  /// - Parameters:
  ///   - signature: The metric's signature; left out where empty.
  ///   - interval: Mean and interval of a bootstrap, where one was made.
  ///   - decimals: Digits after the point.
  /// - Returns: One line: score, interval, precisions, penalty, lengths.
  public func line(signature: String = "", interval: BootstrapInterval? = nil, decimals: Int = 2) -> String {
    let name = signature.isEmpty ? "BLEU" : "BLEU|\(signature)"
    let parts = precisions.map { $0.fixed(1) }.joined(separator: "/")
    let ratio = referenceLength > 0 ? Double(predictionLength) / Double(referenceLength) : 0
    return "\(name) = \(score.fixed(decimals))\(interval.meanAndHalfWidth(decimals)) \(parts) "
      + "(BP = \(brevityPenalty.fixed(3)) ratio = \(ratio.fixed(3)) hyp_len = \(predictionLength) "
      + "ref_len = \(referenceLength))"
  }
}
