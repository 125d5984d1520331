import OrchardSettings

/// Forces the first token behind an encoder–decoder's start token, as models for several languages need it.
public struct ForcedBosTokenId: LogitStep {
  /// The token.
  public let token: Int

  /// A step that forces a token.
  public init(_ token: Int) { self.token = token }

  /// Rules out all other tokens where the decoder has seen one token so far.
  public func apply(to row: LogitRow) {
    if row.history.count == 1 { row.force([token]) }
  }

  static let kind = LogitStepKind(
    "forced-bos-token-id", "The token that follows the decoder's start token, whatever the model says.", .range(0...),
    part: .always
  ) { (value: Int, situation) in
    try situation.check([value], setting: "forced-bos-token-id")
    return ForcedBosTokenId(value)
  }
}
