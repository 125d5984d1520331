import OrchardJSON

/// Learns a tokenizer from text.
///
/// The result is a `tokenizer.json` that this package and the Hugging Face `tokenizers` package read and encode
/// with alike. The same texts and settings give the same bytes.
public struct VocabularyTrainer: Sendable {
  /// How the text is cut into tokens.
  public enum Kind: String, CaseIterable, Sendable {
    /// Pieces with probabilities, as T5 has them (Kudo 2018; SentencePiece).
    case unigram
    /// Merges of bytes, as GPT-2 has them: every text can be written.
    case bytePair = "bpe"
    /// Merges of characters, and bytes for rare characters, as Llama has them.
    case bytePairWithByteFallback = "bpe-byte-fallback"
  }

  /// What to learn.
  public let settings: Settings

  /// A trainer with the given settings.
  public init(_ settings: Settings) { self.settings = settings }

  /// Learns the vocabulary.
  ///
  /// - Parameters:
  ///   - texts: The texts, each as it will be encoded later: whole documents or lines.
  ///   - progress: Takes a line of words for people now and then.
  /// - Returns: The contents of `tokenizer.json`. The vocabulary is smaller than asked for where the texts
  ///   do not have enough pieces that occur twice.
  /// - Throws: `TokenizerError` where a setting is out of range, the texts hold no word, or the vocabulary
  ///   is too small for their characters.
  public func train(on texts: some Sequence<String>, progress: @escaping (String) -> Void = { _ in }) throws
    -> JSONValue
  {
    try settings.check()
    let layout = TokenizerLayout(settings)
    let words = try WordCounter.count(texts, layout)
    guard !words.isEmpty else {
      throw TokenizerError("The texts to learn a vocabulary from hold no word; give text that is not only white space.")
    }
    let total = words.reduce(0) { $0 + $1.count }
    progress("\(total) words, \(words.count) of them different")
    switch settings.kind {
    case .unigram: return try layout.file(model: unigram(words, layout, progress))
    case .bytePair, .bytePairWithByteFallback: return try layout.file(model: bytePair(words, layout, progress))
    }
  }

  /// What stands in `tokenizer_config.json` beside the learned tokenizer: which special token is for what.
  public var configuration: JSONValue {
    let special = settings.specialTokens
    var object = JSONObject([("tokenizer_class", "PreTrainedTokenizerFast")])
    for (key, token) in [
      ("bos_token", special.beginning ?? (settings.kind == .bytePair ? special.end : nil)), ("eos_token", special.end),
      ("unk_token", special.unknown), ("pad_token", special.padding), ("mask_token", special.mask),
    ] {
      if let token { object[key] = .string(token) }
    }
    object["clean_up_tokenization_spaces"] = false
    return .object(object)
  }

  private func unigram(
    _ words: [CountedWord], _ layout: TokenizerLayout, _ progress: @escaping (String) -> Void
  ) throws -> JSONValue {
    let alphabet = Alphabet(of: words, coverage: settings.characterCoverage)
    let room = try room(for: alphabet.count, layout)
    var training = UnigramTraining(
      text: TrainingText(WordSegments.segments(of: words, in: alphabet)), wanted: room,
      longest: settings.longestPiece, seeds: settings.seedLimit, progress: progress)
    return layout.unigramModel(training.run())
  }

  private func bytePair(
    _ words: [CountedWord], _ layout: TokenizerLayout, _ progress: @escaping (String) -> Void
  ) throws -> JSONValue {
    let isByteLevel = settings.kind == .bytePair
    let alphabet = isByteLevel ? Alphabet.bytes : Alphabet(of: words, coverage: settings.characterCoverage)
    let room = try room(for: alphabet.count, layout)
    // The byte-level pattern has cut the words already.
    let segments =
      isByteLevel
      ? words.map { (scalars: $0.scalars, count: $0.count) } : WordSegments.segments(of: words, in: alphabet)
    var training = MergeTraining(
      words: segments.map { (tokens: alphabet.tokens(of: $0.scalars), count: $0.count) },
      alphabet: alphabet.texts, longest: isByteLevel ? .max : settings.longestPiece)
    training.run(to: room) { count in
      if count % 1000 == 0 { progress("\(count) of \(room) tokens") }
    }
    return layout.bytePairModel(vocabulary: training.vocabulary, merges: training.merges)
  }

  /// The tokens that are left for what is learned, the characters included.
  private func room(for characters: Int, _ layout: TokenizerLayout) throws -> Int {
    let room = settings.vocabularySize - layout.reserved
    guard room >= characters else {
      throw TokenizerError(
        "A vocabulary of \(settings.vocabularySize) tokens is too small: the texts have \(characters) different "
          + "characters and \(layout.reserved) tokens are reserved; ask for at least \(characters + layout.reserved)"
          + (settings.kind == .bytePair ? "." : ", or lower the character coverage."))
    }
    return room
  }
}
