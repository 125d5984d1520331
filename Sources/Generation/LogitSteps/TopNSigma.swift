import Foundation
import OrchardSettings

/// Keeps tokens whose logit lies at most some standard deviations below the greatest (Tang et al., "Top-nσ: not all
/// logits are you need", 2024).
///
/// What is kept does not depend on the temperature, which scales logits and deviation alike.
public struct TopNSigma: LogitStep {
  /// How many standard deviations.
  public let deviations: Double
  /// How many of the likeliest tokens are kept in any case.
  public let leastKept: Int

  /// A step with its number of deviations.
  public init(_ deviations: Double, leastKept: Int = 1) {
    self.deviations = deviations
    self.leastKept = leastKept
  }

  /// Rules out every logit below `max − n · σ`, where tokens already ruled out do not count.
  public func apply(to row: LogitRow) {
    let greatest = Double(row.greatest)
    var (count, sum, squares) = (0.0, 0.0, 0.0)
    for logit in row.logits where logit > -.infinity {
      // About the greatest logit, so that a common offset costs no digits.
      let difference = Double(logit) - greatest
      count += 1
      sum += difference
      squares += difference * difference
    }
    let mean = sum / count
    let deviation = max(0, squares / count - mean * mean).squareRoot()
    row.rule(outBelow: min(Float(greatest - deviations * deviation), row.greatest(leastKept)))
  }

  static let kind = LogitStepKind(
    "top-n-sigma", "Keeps tokens at most this many standard deviations below the greatest logit.", .above(0)
  ) { value, situation in TopNSigma(value, leastKept: situation.leastKept) }
}
