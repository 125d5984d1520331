import Foundation
import OrchardSettings

/// Rules out tokens less likely than a probability that falls with the entropy ("eta sampling", Hewitt, Manning and
/// Liang, "Truncation sampling as language model desmoothing", 2022).
public struct EtaCutoff: LogitStep {
  /// The greatest probability below which a token is ruled out.
  public let probability: Double
  /// How many of the likeliest tokens are kept in any case.
  public let leastKept: Int

  /// A step with its greatest threshold.
  public init(_ probability: Double, leastKept: Int = 1) {
    self.probability = probability
    self.leastKept = leastKept
  }

  /// Rules out tokens below `min(ε, √ε · exp(−entropy))`, but never the likeliest.
  public func apply(to row: LogitRow) {
    let least = row.greatest(leastKept)
    let distribution = row.distribution()
    let eta = min(probability, probability.squareRoot() * exp(-distribution.entropy))
    row.rule(outBelow: min(Float(distribution.logSum + log(eta)), least))
  }

  static let kind = LogitStepKind(
    "eta-cutoff", "Rules out tokens less likely than this, or than less where many tokens are likely.",
    .between(0, and: 1), off: 0
  ) { value, situation in EtaCutoff(value, leastKept: situation.leastKept) }
}
