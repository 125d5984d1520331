import OrchardSettings

/// Rules out tokens in the answer's first place, or in the second where the first one is forced.
public struct BeginSuppressTokens: LogitStep {
  /// The tokens.
  public let tokens: [Int]
  /// Whether the first token is forced.
  public let isBehindForced: Bool

  /// A step that rules out tokens at the beginning.
  public init(_ tokens: [Int], isBehindForced: Bool) {
    self.tokens = tokens
    self.isBehindForced = isBehindForced
  }

  /// Rules out the tokens in their place.
  public func apply(to row: LogitRow) {
    let place = isBehindForced && row.context.promptLength <= 1 ? 1 : 0
    if row.position == place { tokens.forEach(row.rule(out:)) }
  }

  static let kind = LogitStepKind(
    "begin-suppress-tokens", "Token ids with which the answer must not begin.", .range(0...), part: .always
  ) { (value: [Int], situation) in
    let isForced = situation.settings.holds(step: ForcedBosTokenId.kind.name)
    return value.isEmpty ? nil : BeginSuppressTokens(value, isBehindForced: isForced)
  }
}
