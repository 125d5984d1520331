import OrchardSettings

/// Keeps the most likely tokens, a fixed number of them (Fan, Lewis and Dauphin, "Hierarchical neural story
/// generation", 2018).
///
/// Tokens that tie with the last one kept are kept too.
public struct TopK: LogitStep {
  /// How many tokens are kept.
  public let count: Int

  /// A step that keeps `count` tokens.
  public init(_ count: Int) { self.count = count }

  /// Rules out every token below the `count`-th greatest logit.
  public func apply(to row: LogitRow) {
    guard count < row.logits.count else { return }
    row.rule(outBelow: row.greatest(count))
  }

  static let kind = LogitStepKind("top-k", "Keeps this many of the most likely tokens.", .range(1...), off: 0) {
    (value: Int, situation) in TopK(max(value, situation.leastKept))
  }
}
