import OrchardSettings

/// Rules out tokens everywhere.
public struct SuppressTokens: LogitStep {
  /// The tokens.
  public let tokens: [Int]

  /// A step that rules out tokens.
  public init(_ tokens: [Int]) { self.tokens = tokens }

  /// Rules out the tokens.
  public func apply(to row: LogitRow) { tokens.forEach(row.rule(out:)) }

  static let kind = LogitStepKind("suppress-tokens", "Token ids that must not occur.", .range(0...), part: .always) {
    (value: [Int], _) in value.isEmpty ? nil : SuppressTokens(value)
  }
}
