import OrchardSettings

/// Forces the last token where the answer reaches its greatest length.
public struct ForcedEosTokenId: LogitStep {
  /// The tokens to choose from.
  public let tokens: [Int]

  /// A step that forces one of some tokens.
  public init(_ tokens: [Int]) { self.tokens = tokens }

  /// Rules out all other tokens in the last place.
  public func apply(to row: LogitRow) {
    if row.position == row.context.limit - 1 { row.force(tokens) }
  }

  static let kind = LogitStepKind(
    "forced-eos-token-id", "The token, or one of several, that stands last where the length limit is reached.",
    .range(0...), part: .always
  ) { (value: [Int], situation) in
    try situation.check(value, setting: "forced-eos-token-id")
    return value.isEmpty ? nil : ForcedEosTokenId(value)
  }
}
