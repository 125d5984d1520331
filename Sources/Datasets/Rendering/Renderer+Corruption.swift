/// What hides tokens of texts for one renderer, and texts of how many tokens it takes at once.
struct TextHiding: Sendable {
  var corruption: any TextCorruption
  var bounds: ClosedRange<Int>
}

extension Renderer {
  /// How tokens of texts without prompts are hidden; nil for a decoder-only model, which foretells each from those
  /// before.
  ///
  /// - Throws: `DataError` where the tokenizer has no tokens that stand for what is hidden.
  public func corruption(seed: Int) throws(DataError) -> (any TextCorruption)? {
    try hiding.get()?.corruption.seeded(seed)
  }

  /// What hides tokens; nil where none are hidden.
  static func hiding(
    _ tokenizer: any SegmentTokenizer, _ shape: SequenceShape, _ settings: RenderingSettings, _ frame: TokenFrame,
    closing: [Int]
  ) -> Result<TextHiding?, DataError> {
    switch shape {
    case .encoderDecoder: return gaps(tokenizer, settings, closing: closing)
    case .encoder: return masking(tokenizer, settings, frame)
    case .decoderOnly: return .success(nil)
    }
  }

  private static func gaps(
    _ tokenizer: any SegmentTokenizer, _ settings: RenderingSettings, closing: [Int]
  ) -> Result<TextHiding?, DataError> {
    var sentinels: [Int32] = []
    while let id = tokenizer.id(for: "<extra_id_\(sentinels.count)>") { sentinels.append(Int32(id)) }
    guard !sentinels.isEmpty else {
      return .failure(
        DataError(
          problem: "the tokenizer has no tokens that stand for gaps (<extra_id_0> …), so texts without prompts cannot "
            + "be learned by this encoder–decoder; use a template with a prompt, or a vocabulary that has them: orchard "
            + "tokenizer train --kind unigram --sentinels 100"))
    }
    let gaps = SpanCorruption(
      share: settings.corrupt, spanLength: settings.spanLength, sentinels: sentinels, closing: closing.map(Int32.init),
      seed: 0)
    let most = gaps.capacity(source: settings.maximumSourceTokens, target: settings.maximumTargetTokens)
    // One token alone cannot be both kept and hidden.
    return .success(TextHiding(corruption: gaps, bounds: 2...max(2, most)))
  }

  private static func masking(
    _ tokenizer: any SegmentTokenizer, _ settings: RenderingSettings, _ frame: TokenFrame
  ) -> Result<TextHiding?, DataError> {
    guard let mask = tokenizer.maskID else {
      return .failure(
        DataError(
          problem: "the tokenizer names no mask token (“mask_token” in tokenizer_config.json), so this encoder cannot "
            + "learn from texts; use the tokenizer of a masked model, or a vocabulary that has one: orchard tokenizer "
            + "train --kind unigram --mask-token"))
    }
    let masking = TokenMasking(
      share: settings.corrupt, maskShare: settings.maskShare, randomShare: settings.randomShare, mask: Int32(mask),
      vocabularySize: tokenizer.vocabularySize,
      special: Set((0..<tokenizer.vocabularySize).filter(tokenizer.isSpecial).map(Int32.init)),
      opening: frame.prefix.map(Int32.init), closing: frame.suffix.map(Int32.init), seed: 0)
    let most = settings.maximumTokens - frame.prefix.count - frame.suffix.count
    return .success(TextHiding(corruption: masking, bounds: 1...max(1, most)))
  }

  /// Pieces of a text that just fit once tokens are hidden, which is done batch by batch.
  func uncorrupted(_ text: String, number: Int) throws(DataError) -> [RenderedExample] {
    guard let hiding = try hiding.get() else { return [] }
    let bounds = hiding.bounds
    let ids = tokenizer.encodeIDs(text, addSpecialTokens: false).map(Int32.init)
    return stride(from: 0, to: ids.count, by: bounds.upperBound).compactMap { start in
      let piece = Array(ids[start..<min(start + bounds.upperBound, ids.count)])
      guard piece.count >= bounds.lowerBound else { return nil }
      let lengths = hiding.corruption.lengths(of: piece.count)
      return RenderedExample(
        row: number, source: piece, target: Array(repeating: 0, count: lengths.target), supervised: 0..<lengths.target,
        endIsSupervised: shape == .encoderDecoder, isUncorrupted: true)
    }
  }

  /// What an encoder alone cannot learn.
  static func refusal(_ row: DataRow, _ what: String) -> DataError {
    row.error(
      "\(what) asks for an answer, and a text encoder writes none: it learns from plain texts (a template without a "
        + "prompt); choose a language model for answers")
  }
}
