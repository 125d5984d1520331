import OrchardSettings

/// What becomes of an example that is longer than allowed.
public enum OverLong: String, NamedChoice {
  /// It is shortened, and counted.
  case truncate
  /// The run stops and names the row.
  case refuse
  /// It is left out, and counted.
  case drop
  /// A text without a prompt becomes several examples, none of its tokens lost; a prompt is refused.
  case split
}

/// Which tokens a decoder-only model learns.
public enum SupervisedPart: String, NamedChoice {
  /// The completion and its end token; of a conversation the last answer.
  case completion
  /// Of a conversation every answer.
  case turns
  /// The prompt too.
  case all
}

/// How examples become tokens.
public struct RenderingSettings: SettingsGroup, Equatable {
  /// What becomes of an example that is longer than allowed.
  public var overLong = OverLong.truncate
  /// Encoder–decoder: most tokens of a prompt.
  public var maximumSourceTokens = 512
  /// Encoder–decoder: most tokens of a completion, its end token included.
  public var maximumTargetTokens = 128
  /// Decoder-only: most tokens of prompt and completion together; encoders: of a text.
  public var maximumTokens = 1024
  /// Encoder–decoders and encoders, texts without prompts: the share of tokens that are hidden, to be filled in.
  public var corrupt = 0.15
  /// Encoder–decoder: the mean length of what is hidden in one place.
  public var spanLength = 3.0
  /// Encoders: the share of hidden tokens that become the mask token.
  public var maskShare = 0.8
  /// Encoders: the share of hidden tokens that become a random token; the rest stay as they are.
  public var randomShare = 0.1
  /// Decoder-only: which tokens are learned.
  public var supervise = SupervisedPart.completion

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "How examples become tokens."

  /// What does not go together.
  public var complaints: [SettingsComplaint] {
    guard maskShare + randomShare > 1 + 1e-9 else { return [] }
    return [SettingsComplaint("random-share", "and mask-share are more than 1 together; lower one of the two")]
  }

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field(
        "over-long", \.overLong,
        "What becomes of an example that is longer than allowed; split is for texts without prompts."),
      Field(
        "maximum-source-tokens", \.maximumSourceTokens, "Encoder-decoder: most tokens of a prompt.", .range(2...)),
      Field(
        "maximum-target-tokens", \.maximumTargetTokens,
        "Encoder-decoder: most tokens of a completion, its end token included.", .range(2...)),
      Field(
        "maximum-tokens", \.maximumTokens,
        "Decoder-only: most tokens of prompt and completion together; encoders: of a text.", .range(4...)),
      Field(
        "corrupt", \.corrupt,
        "Encoder-decoders and encoders, texts without prompts: the share of tokens hidden, to be filled in.",
        .range(0.01...0.9)),
      Field("span-length", \.spanLength, "Encoder-decoder: mean number of tokens hidden in one place.", .range(1...)),
      Field(
        "mask-share", \.maskShare, "Encoders: the share of hidden tokens that become the mask token.", .range(0...1)),
      Field(
        "random-share", \.randomShare,
        "Encoders: the share of hidden tokens that become a random token; the rest stay.", .range(0...1)),
      Field("supervise", \.supervise, "Decoder-only: which tokens are learned."),
    ]
  }
}
