extension VocabularyTrainer {
  /// What to learn.
  public struct Settings: Sendable {
    /// How the text is cut into tokens.
    public var kind: Kind
    /// All tokens together, special ones and sentinels included.
    public var vocabularySize: Int
    /// The tokens that stand for no text.
    public var specialTokens: SpecialTokens
    /// How many sentinels `<extra_id_0>`, `<extra_id_1>` … stand at the end, as T5's span corruption needs them.
    public var sentinels = 0
    /// The share of all characters in the texts that the vocabulary must cover, above 0 and at most 1.
    ///
    /// The rarest characters beyond it become the unknown token, or bytes. Without effect on byte-level merges.
    public var characterCoverage = 0.9995
    /// Whether capital letters are made small first.
    public var isLowercase = false
    /// How many pieces unigram training starts from at most, besides the characters.
    public var seedLimit = 1_000_000
    /// The characters of the longest piece.
    ///
    /// Without effect on byte-level merges.
    public var longestPiece = 16

    /// Settings of a kind, the special tokens as its best-known models have them.
    ///
    /// - Parameters:
    ///   - kind: How the text is cut into tokens.
    ///   - vocabularySize: All tokens together.
    public init(kind: Kind, vocabularySize: Int) {
      self.kind = kind
      self.vocabularySize = vocabularySize
      switch kind {
      case .unigram: specialTokens = SpecialTokens(padding: "<pad>", end: "</s>", unknown: "<unk>")
      case .bytePair: specialTokens = SpecialTokens(end: "<|endoftext|>")
      case .bytePairWithByteFallback:
        specialTokens = SpecialTokens(end: "</s>", unknown: "<unk>", beginning: "<s>")
      }
    }

    func check() throws {
      func refuse(_ problem: String) -> TokenizerError {
        TokenizerError("The vocabulary cannot be learned: " + problem)
      }
      guard vocabularySize > 0 else { throw refuse("its size is \(vocabularySize); it must be above 0.") }
      guard sentinels >= 0 else { throw refuse("\(sentinels) sentinels were asked for; give 0 or more.") }
      guard characterCoverage > 0, characterCoverage <= 1 else {
        throw refuse("the character coverage is \(characterCoverage); it must be above 0 and at most 1.")
      }
      guard (1...256).contains(longestPiece) else {
        throw refuse("the longest piece is to have \(longestPiece) characters; give a number from 1 to 256.")
      }
      guard seedLimit >= 0 else { throw refuse("the seed limit is \(seedLimit); give 0 or more.") }
      if kind != .bytePair, specialTokens.unknown == nil { throw refuse("it needs an unknown token.") }
      let names = specialTokens.all
      if let empty = names.first(where: \.isEmpty) { throw refuse("a special token is empty: “\(empty)”.") }
      var seen: Set<[UInt8]> = []
      for name in names where !seen.insert(Array(name.utf8)).inserted {
        throw refuse("the special token “\(name)” is given twice.")
      }
    }
  }

  /// The tokens that stand for no text, by what they are for.
  ///
  /// They take the first numbers: padding, end, unknown, others as in T5, or, where there is a beginning token,
  /// padding, unknown, beginning, end, others as in Llama.
  public struct SpecialTokens: Sendable, Equatable {
    /// Fills short rows up.
    public var padding: String?
    /// Stands for what cannot be written.
    public var unknown: String?
    /// Opens every text.
    public var beginning: String?
    /// Ends every text.
    public var end: String?
    /// Stands for what is hidden from a text encoder.
    public var mask: String?
    /// Whatever else a prompt format needs.
    public var others: [String]

    /// Tokens by what they are for.
    public init(
      padding: String? = nil, end: String? = nil, unknown: String? = nil, beginning: String? = nil,
      mask: String? = nil, others: [String] = []
    ) {
      self.padding = padding
      self.unknown = unknown
      self.beginning = beginning
      self.end = end
      self.mask = mask
      self.others = others
    }

    /// All of them in the order of their numbers.
    public var all: [String] {
      let named = beginning == nil ? [padding, end, unknown] : [padding, unknown, beginning, end]
      return (named + [mask]).compactMap { $0 } + others
    }
  }
}
