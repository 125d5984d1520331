import OrchardSettings

/// Adds to the logit of a phrase's last token where the phrase's other tokens have just been written.
public struct SequenceBias: LogitStep {
  /// A phrase and what is added.
  public struct Entry: Sendable, Hashable {
    /// The tokens.
    public let tokens: [Int]
    /// What is added to the last one's logit; minus infinity rules it out.
    public let bias: Float

    /// A phrase with its bias.
    public init(_ tokens: [Int], _ bias: Float) {
      self.tokens = tokens
      self.bias = bias
    }
  }

  /// The phrases.
  public let entries: [Entry]

  /// A step for these phrases.
  public init(_ entries: [Entry]) { self.entries = entries }

  /// Adds the biases of all phrases that the next token may complete.
  public func apply(to row: LogitRow) {
    for entry in entries {
      let start = entry.tokens.dropLast()
      guard let last = entry.tokens.last, row.history.suffix(start.count).elementsEqual(start) else { continue }
      row.logits[last] += entry.bias
    }
  }

  static let kind = LogitStepKind(
    "sequence-bias", "Pairs of a phrase and what is added to its last token's logit: [[rain, 2.5], [[17, 4], -1]].",
    part: .always
  ) { (pairs: [BiasedPhrase], situation) in
    SequenceBias(
      try pairs.flatMap { pair in
        try situation.forms(of: pair.phrase, setting: "sequence-bias").map { Entry($0, Float(pair.bias)) }
      })
  }
}

/// A phrase and a number, written as a list of both.
public struct BiasedPhrase: LogitStepValue {
  /// The phrase.
  public let phrase: TokenPhrase
  /// The number.
  public let bias: Double

  /// A phrase with its number.
  public init(_ phrase: TokenPhrase, _ bias: Double) {
    self.phrase = phrase
    self.bias = bias
  }

  /// "a phrase and a number".
  public static func expected(_ limits: Limits) -> String { "a phrase and a number, such as [rain, 2.5]" }

  /// Reads a list of the two.
  public static func read(
    _ tree: SettingsTree, over current: BiasedPhrase?, limits: Limits, into reader: inout SettingsReader
  ) -> BiasedPhrase? {
    guard case .list(let parts, _) = tree, parts.count == 2 else {
      reader.refuse(tree, expected: expected(limits))
      return nil
    }
    let phrase = TokenPhrase.read(parts[0], over: nil, limits: limits, into: &reader)
    let bias = Double.read(parts[1], over: nil, limits: limits, into: &reader)
    guard let phrase, let bias else { return nil }
    return BiasedPhrase(phrase, bias)
  }

  /// The list of the two.
  public var outline: SettingsOutline { .list([phrase.outline, bias.outline]) }
}
