/// Why a text ended where it did; always told.
public enum FinishReason: String, Sendable, Hashable {
  /// The model chose one of its end tokens.
  case endToken = "end-token"
  /// The text came to hold one of the stop strings.
  case stopString = "stop-string"
  /// The text follows its schema or expression, and nothing may come behind it.
  case complete = "complete"
  /// As many tokens were generated as were asked for.
  case length = "length"
  /// The model's context is full.
  case contextFull = "context-full"
  /// It has taken as long as it may.
  case time

  /// Whether a text has come to an end of its own, rather than to a limit.
  var endsByItself: Bool { self == .endToken || self == .stopString || self == .complete }
}

/// How many tokens may be generated for one prompt, and who says so.
public struct TokenLimit: Sendable, Hashable, CustomStringConvertible {
  /// Where a limit comes from.
  public enum Source: Sendable, Hashable {
    /// The caller's setting.
    case setting
    /// The checkpoint's `generation_config.json`.
    case checkpoint
    /// What the context of this many tokens leaves after a prompt of this many.
    case context(Int, prompt: Int)
  }

  /// The greatest number of new tokens.
  public let count: Int
  /// Who set it.
  public let source: Source

  /// A limit and its source.
  public init(_ count: Int, from source: Source) {
    self.count = count
    self.source = source
  }

  /// The reason to give when the limit is reached.
  public var reason: FinishReason {
    if case .context = source { return .contextFull }
    return .length
  }

  /// What is said about it: `312 new tokens (context of 512 tokens − prompt of 200)`.
  public var description: String {
    let tokens = count == 1 ? "1 new token" : "\(count) new tokens"
    switch source {
    case .setting: return "\(tokens) (max-new-tokens)"
    case .checkpoint: return "\(tokens) (generation_config.json)"
    case .context(let context, let prompt): return "\(tokens) (context of \(context) tokens − prompt of \(prompt))"
    }
  }
}
