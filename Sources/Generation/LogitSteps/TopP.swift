import Foundation
import OrchardSettings

/// Keeps the fewest likely tokens whose probabilities together reach a share ("nucleus sampling", Holtzman et al.,
/// "The curious case of neural text degeneration", 2019).
///
/// At least one token is kept, and so are tokens that tie with the last one kept.
public struct TopP: LogitStep {
  /// The share of the probability to be reached, from 0 to 1.
  public let share: Double
  /// How many of the likeliest tokens are kept in any case.
  public let leastKept: Int

  /// A step that keeps a share of the probability.
  public init(_ share: Double, leastKept: Int = 1) {
    self.share = share
    self.leastKept = leastKept
  }

  /// Rules out every token whose more likely tokens already hold the share.
  public func apply(to row: LogitRow) {
    guard share < 1 else { return }
    let least = row.greatest(leastKept)
    let total = row.distribution().total
    let count = row.logits.count
    let keys = UnsafeMutableBufferPointer(rebasing: row.scratch.others[..<count])
    _ = keys.update(fromContentsOf: row.logits)
    let weights = UnsafeMutableBufferPointer(rebasing: row.scratch.numbers[..<count])
    let threshold = WeightedThreshold.find(keys: keys, weights: weights, mass: share * total)
    row.rule(outBelow: min(threshold, least))
  }

  static let kind = LogitStepKind(
    "top-p", "Keeps the fewest likely tokens that together have this share of the probability.", .range(0...1), off: 1
  ) { value, situation in TopP(value, leastKept: situation.leastKept) }
}
