import Foundation
import OrchardSettings

/// Keeps likely tokens until they hold a share of the entropy of the hundred likeliest (Baghaei Potraghloo et al.,
/// "Top-H decoding", 2025).
public struct TopH: LogitStep {
  /// The share of the entropy that may be kept, from 0 to 1.
  public let share: Double

  /// How many of the likeliest tokens are looked at, as in transformers.
  private static let considered = 100

  /// A step that keeps a share of the entropy.
  public init(_ share: Double) { self.share = share }

  /// Rules out every token with which the entropy of the likelier ones and its own exceeds the share.
  public func apply(to row: LogitRow) {
    let count = min(Self.considered, row.logits.count)
    var considered = UnsafeMutableBufferPointer(rebasing: row.scratch.numbers[..<count])
    let greatest = row.greatest
    if count > 1 { _ = row.greatest(count) } else { considered[0] = greatest }
    considered.sort(by: >)
    var total = 0.0
    for logit in considered where logit > -.infinity { total += exp(Double(logit - greatest)) }
    func part(_ logit: Float) -> Double {
      guard logit > -.infinity else { return 0 }
      let logProbability = Double(logit - greatest) - log(total)
      return -exp(logProbability) * logProbability
    }
    let most = share * considered.reduce(0) { $0 + part($1) }
    var threshold = greatest
    var sum = 0.0
    for logit in considered {
      sum += part(logit)
      guard sum <= most else { break }
      threshold = logit
    }
    row.rule(outBelow: threshold)
  }

  static let kind = LogitStepKind(
    "top-h", "Keeps likely tokens that together have at most this share of the entropy.", .above(0, upTo: 1)
  ) { value, _ in TopH(value) }
}
