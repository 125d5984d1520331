import OrchardSettings

/// In which order examples come.
public enum BatchOrder: String, NamedChoice {
  /// As in the files.
  case sequential
  /// Shuffled anew each epoch.
  case shuffled
  /// Shuffled anew each epoch, each batch of similar lengths, which saves padding.
  case grouped
}

/// How examples are put into batches.
public struct BatchSettings: SettingsGroup, Equatable {
  /// Examples in a batch.
  public var size = 8
  /// Most tokens in a batch, padding included; nil for no bound.
  public var maximumTokens: Int?
  /// In which order examples come.
  public var order = BatchOrder.grouped
  /// Where the order's randomness begins.
  public var seed = 0
  /// Whether a last batch that is not full is left out.
  public var dropLast = false
  /// Whether short examples share a row (decoder-only).
  public var packing = false

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "How examples are put into batches."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("size", \.size, "Examples in a batch.", .range(1...)),
      Field(
        "maximum-tokens", \.maximumTokens,
        "Most tokens in a batch, padding included; empty for no bound.", .range(1...)),
      Field("order", \.order, "In which order examples come; grouped puts similar lengths together."),
      Field("seed", \.seed, "Where the order's randomness begins."),
      Field("drop-last", \.dropLast, "Whether a last batch that is not full is left out."),
      Field("packing", \.packing, "Decoder-only: whether short examples share a row, blind to each other."),
    ]
  }
}
