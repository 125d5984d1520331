extension Renderer {
  /// How tokens of texts without prompts are hidden; nil for a decoder-only model, which foretells each from those before.
  ///
  /// - Throws: `DataError` where the tokenizer has no tokens that stand for what is hidden.
  public func corruption(seed: Int) throws(DataError) -> (any TextCorruption)? {
    switch shape {
    case .encoderDecoder: return try gaps(seed: seed)
    case .encoder: return try masking(seed: seed)
    case .decoderOnly: return nil
    }
  }

  private func gaps(seed: Int) throws(DataError) -> SpanCorruption {
    var sentinels: [Int32] = []
    while let id = tokenizer.id(for: "<extra_id_\(sentinels.count)>") { sentinels.append(Int32(id)) }
    guard !sentinels.isEmpty else {
      throw DataError(
        problem: "the tokenizer has no tokens that stand for gaps (<extra_id_0> …), so texts without prompts cannot be "
          + "learned by this encoder–decoder; use a template with a prompt, or orchard tokenizer train --model unigram "
          + "with --special-tokens for them")
    }
    return SpanCorruption(
      share: settings.corrupt, spanLength: settings.spanLength, sentinels: sentinels,
      closing: closing.map(Int32.init), seed: seed)
  }

  private func masking(seed: Int) throws(DataError) -> TokenMasking {
    guard let mask = tokenizer.maskID else {
      throw DataError(
        problem: "the tokenizer names no mask token (“mask_token” in tokenizer_config.json), so this encoder cannot "
          + "learn from texts; use the tokenizer of a masked "
          + "model, or orchard tokenizer train --kind unigram --mask-token")
    }
    return TokenMasking(
      share: settings.corrupt, maskShare: settings.maskShare, randomShare: settings.randomShare, mask: Int32(mask),
      vocabularySize: tokenizer.vocabularySize,
      special: Set((0..<tokenizer.vocabularySize).filter(tokenizer.isSpecial).map(Int32.init)),
      opening: frame.prefix.map(Int32.init),
      closing: frame.suffix.map(Int32.init), seed: seed)
  }

  /// The most tokens of a text that fit once some are hidden, and the fewest of which some can be.
  private func bounds() throws(DataError) -> ClosedRange<Int> {
    guard shape == .encoderDecoder else {
      return 1...max(1, settings.maximumTokens - frame.prefix.count - frame.suffix.count)
    }
    // One token alone cannot be both kept and hidden.
    return
      2...max(
        2, try gaps(seed: 0).capacity(source: settings.maximumSourceTokens, target: settings.maximumTargetTokens))
  }

  /// Pieces of a text that just fit once tokens are hidden, which is done batch by batch.
  func uncorrupted(_ text: String, number: Int) throws(DataError) -> [RenderedExample] {
    guard let corruption = try corruption(seed: 0) else { return [] }
    let bounds = try bounds()
    let ids = tokenizer.encodeIDs(text, addSpecialTokens: false).map(Int32.init)
    return stride(from: 0, to: ids.count, by: bounds.upperBound).compactMap { start in
      let piece = Array(ids[start..<min(start + bounds.upperBound, ids.count)])
      guard piece.count >= bounds.lowerBound else { return nil }
      let lengths = corruption.lengths(of: piece.count)
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
