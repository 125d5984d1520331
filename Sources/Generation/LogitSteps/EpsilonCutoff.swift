import Foundation
import OrchardSettings

/// Rules out tokens less likely than a fixed probability ("epsilon sampling", Hewitt, Manning and Liang, "Truncation
/// sampling as language model desmoothing", 2022).
public struct EpsilonCutoff: LogitStep {
  /// The least probability of a token that is kept.
  public let probability: Double
  /// How many of the likeliest tokens are kept in any case.
  public let leastKept: Int

  /// A step with its least probability.
  public init(_ probability: Double, leastKept: Int = 1) {
    self.probability = probability
    self.leastKept = leastKept
  }

  /// Rules out tokens below the threshold, but never the likeliest.
  public func apply(to row: LogitRow) {
    let least = row.greatest(leastKept)
    let threshold = Float(row.distribution().logSum + log(probability))
    row.rule(outBelow: min(threshold, least))
  }

  static let kind = LogitStepKind(
    "epsilon-cutoff", "Rules out tokens less likely than this probability.", .between(0, and: 1), off: 0
  ) { value, situation in EpsilonCutoff(value, leastKept: situation.leastKept) }
}
