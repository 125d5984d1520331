import Foundation
import OrchardSettings

/// Keeps tokens at least a share as likely as the likeliest one (Nguyen et al., "Turning up the heat: min-p sampling",
/// 2024).
public struct MinP: LogitStep {
  /// The share of the greatest probability, from 0 to 1.
  public let share: Double
  /// How many of the likeliest tokens are kept in any case.
  public let leastKept: Int

  /// A step with its share.
  public init(_ share: Double, leastKept: Int = 1) {
    self.share = share
    self.leastKept = leastKept
  }

  /// Rules out tokens below the threshold, which on logits is a difference: no exponential is taken.
  public func apply(to row: LogitRow) {
    let threshold = row.greatest + Float(log(share))
    row.rule(outBelow: min(threshold, row.greatest(leastKept)))
  }

  static let kind = LogitStepKind(
    "min-p", "Keeps tokens with at least this share of the likeliest token's probability.", .range(0...1)
  ) { value, situation in MinP(value, leastKept: situation.leastKept) }
}
