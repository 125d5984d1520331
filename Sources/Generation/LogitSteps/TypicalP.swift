import Foundation
import OrchardSettings

/// Keeps the tokens whose information is nearest to the distribution's entropy, until they hold a share of the
/// probability ("locally typical sampling", Meister et al., 2022).
public struct TypicalP: LogitStep {
  /// The share of the probability to be reached, from 0 to 1.
  public let share: Double
  /// How many of the most typical tokens are kept in any case.
  public let leastKept: Int

  /// A step that keeps a share of the probability.
  public init(_ share: Double, leastKept: Int = 1) {
    self.share = share
    self.leastKept = leastKept
  }

  /// Rules out every token that is less typical than those that already hold the share.
  public func apply(to row: LogitRow) {
    guard share < 1 else { return }
    let distribution = row.distribution()
    let (weights, keys) = (row.scratch.numbers, row.scratch.others)
    // A token's information is logSum − logit; its distance from the entropy is turned round, so that the most typical
    // one has the greatest key.
    let expected = Float(distribution.logSum - distribution.entropy)
    var count = 0
    for token in row.logits.indices where weights[token] > 0 {
      keys[count] = -abs(expected - row.logits[token])
      weights[count] = weights[token]
      count += 1
    }
    let candidates = UnsafeMutableBufferPointer(rebasing: keys[..<count])
    var threshold = WeightedThreshold.find(
      keys: candidates, weights: UnsafeMutableBufferPointer(rebasing: weights[..<count]),
      mass: share * distribution.total)
    if leastKept > 1, count > 0 {
      let row = LogitRow(logits: candidates, history: [], context: row.context, scratch: row.scratch)
      threshold = min(threshold, row.greatest(leastKept))
    }
    for token in row.logits.indices where -abs(expected - row.logits[token]) < threshold {
      row.logits[token] = -.infinity
    }
  }

  static let kind = LogitStepKind(
    "typical-p", "Keeps tokens about as surprising as expected that together have this share of the probability.",
    .above(0, upTo: 1), off: 1
  ) { value, situation in TypicalP(value, leastKept: situation.leastKept) }
}
