/// A composed prompt that can be shortened without breaking its template.
struct PreparedPrompt {
  let row: DataRow
  let examples: [DataRow]
  let composer: PromptComposer
  let prompt: Prompt

  /// The prompt's ids with the row's longest field cut at its end, so that they fill at most `room` tokens.
  ///
  /// Instruction, worked examples and the words around the field stay whole. The cut is found by
  /// interpolation between a length that fits and one that does not; a few tokens of room may stay unused.
  func shortened(to room: Int, from count: Int, tokenizer: any SegmentTokenizer) throws(DataError) -> [Int] {
    guard let field = try composer.longestField(row) else { throw tooLong(count, room) }
    func ids(_ length: Int) throws(DataError) -> [Int] {
      let text = try composer.prompt(row, examples: examples, wantsCompletion: false, cutting: (field.name, length))
        .text
      return tokenizer.encodeIDs(text, addSpecialTokens: false)
    }
    var best = try ids(0)
    var fits = (length: 0, tokens: best.count)
    var over = (length: field.count, tokens: count)
    guard fits.tokens <= room else { throw tooLong(fits.tokens, room) }
    for _ in 0..<8 where over.length - fits.length > 1 && room - fits.tokens > max(1, room / 64) {
      let share = Double(room - fits.tokens) / Double(over.tokens - fits.tokens)
      let guess = fits.length + Int(share * Double(over.length - fits.length))
      let length = min(max(guess, fits.length + 1), over.length - 1)
      let found = try ids(length)
      if found.count <= room {
        fits = (length, found.count)
        best = found
      } else {
        over = (length, found.count)
      }
    }
    return best
  }

  private func tooLong(_ count: Int, _ room: Int) -> DataError {
    row.error(
      "the template and its worked examples alone take \(count) tokens, where at most \(room) fit; raise the maximum, "
        + "or use fewer shots")
  }
}
