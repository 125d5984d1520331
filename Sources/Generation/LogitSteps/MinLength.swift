import OrchardSettings

/// Rules out the end tokens while the row, a decoder's prompt included, is shorter than a length.
public struct MinLength: LogitStep {
  /// The least number of tokens.
  public let length: Int
  /// The tokens that end a text.
  public let endTokens: [Int]

  /// A step with the least length.
  public init(_ length: Int, endTokens: [Int]) {
    self.length = length
    self.endTokens = endTokens
  }

  /// Rules out the end tokens in a row that is too short.
  public func apply(to row: LogitRow) {
    if row.history.count < length { endTokens.forEach(row.rule(out:)) }
  }

  static let kind = LogitStepKind(
    "min-length", "Least number of tokens of a text; a decoder's prompt counts.", .range(1...), part: .always, off: 0
  ) { (value: Int, situation) in MinLength(value, endTokens: situation.endTokens) }
}
