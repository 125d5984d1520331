import OrchardSettings

/// Rules out the end tokens while the answer is shorter than a length.
public struct MinNewTokens: LogitStep {
  /// The least number of new tokens.
  public let count: Int
  /// The tokens that end a text.
  public let endTokens: [Int]

  /// A step with the least number of new tokens.
  public init(_ count: Int, endTokens: [Int]) {
    self.count = count
    self.endTokens = endTokens
  }

  /// Rules out the end tokens in a row that is too short.
  public func apply(to row: LogitRow) {
    if row.position < count { endTokens.forEach(row.rule(out:)) }
  }

  static let kind = LogitStepKind(
    "min-new-tokens", "Least number of new tokens before the model may end its answer.", .range(1...), part: .always,
    off: 0
  ) { (value: Int, situation) in MinNewTokens(value, endTokens: situation.endTokens) }
}
