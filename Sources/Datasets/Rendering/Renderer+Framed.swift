extension Renderer {
  /// A text, or a prompt with its answer as a pair of texts, as the tokenizer frames it; nil where it is over-long and to be
  /// dropped.
  ///
  /// Of a pair the longer text is shortened first.
  func framed(_ example: Example, _ row: DataRow, number: Int) throws(DataError) -> RenderedExample? {
    let most = shape == .encoderDecoder ? settings.maximumSourceTokens : settings.maximumTokens
    let encoded: EncodedText
    switch example {
    case .text(let text): encoded = tokenizer.framed(text, pair: nil, limit: most)
    case .promptCompletion(let prompt):
      encoded = tokenizer.framed(prompt.text, pair: prompt.completion ?? "", limit: most)
    }
    guard !encoded.ids.isEmpty else { throw row.error("the text is empty, and the tokenizer adds no token to it") }
    if encoded.isCut { guard try mayShorten(row, "text", encoded.wholeCount, most) else { return nil } }
    let ids = encoded.ids.map(Int32.init)
    let isTarget = shape == .decoderOnly
    var made = RenderedExample(
      row: number, source: isTarget ? [] : ids, target: isTarget ? ids : [],
      supervised: isTarget ? ids.count..<ids.count : 0..<0, endIsSupervised: false, promptIsTruncated: encoded.isCut)
    if !isTarget { made.types = encoded.types?.map(Int32.init) ?? [] }
    return made
  }
}
