import OrchardTokenizers

extension Tokenizer: SegmentTokenizer {
  /// A text, or a pair of texts, as the tokenizer frames it.
  public func framed(_ text: String, pair: String?, limit: Int?) -> EncodedText {
    guard let pair else { return EncodedText(text, with: self, limit: limit) }
    return EncodedText(text, pair: pair, with: self, limit: limit)
  }
}
