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
    let count = row.logits.count
    let keys = UnsafeMutableBufferPointer(rebasing: row.scratch.others[..<count])
    let weights = UnsafeMutableBufferPointer(rebasing: row.scratch.numbers[..<count])
    // A token's information is logSum − logit; its distance from the entropy is turned round, so that the most typical
    // one has the greatest key.
    let expected = Float(distribution.logSum - distribution.entropy)
    for token in 0..<count { keys[token] = -abs(expected - row.logits[token]) }
    var least = Float.infinity
    if leastKept > 1 {
      // Before the keys lose their order; the heap lies in the memory of the weights, which are made anew.
      least = LogitRow(logits: keys, history: [], context: row.context, scratch: row.scratch).greatest(leastKept)
      _ = row.distribution()
    }
    let found = WeightedThreshold.find(keys: keys, weights: weights, mass: share * distribution.total)
    let threshold = min(found, least)
    for token in 0..<count {
      let logit = row.logits[token]
      row.logits[token] = -abs(expected - logit) < threshold ? -.infinity : logit
    }
  }

  static let kind = LogitStepKind(
    "typical-p", "Keeps tokens about as surprising as expected that together have this share of the probability.",
    .above(0, upTo: 1), off: 1
  ) { value, situation in TypicalP(value, leastKept: situation.leastKept) }
}
