extension SequenceBatch {
  /// Each row's prompt with the answer of the next row, that of the last row with the first's; no wider than the batch.
  ///
  /// For rows that hold one example each.
  public var withNextAnswers: SequenceBatch {
    let examples = (0..<count).map { row in
      let (own, next) = (parts(row), parts((row + 1) % count))
      let target = Array((own.prompt + next.answer).prefix(targetWidth))
      return RenderedExample(
        row: row, source: own.source, target: target, supervised: min(own.prompt.count, target.count)..<target.count,
        endIsSupervised: false, grade: grades[row])
    }
    return SequenceBatch(Array(examples.indices), of: examples, paddingID: 0)
  }

  /// What a model reads of a row before it answers, and whether that is an encoder's source.
  public func prompt(_ row: Int) -> (tokens: [Int32], isSource: Bool) {
    let parts = parts(row)
    return sourceWidth > 0 ? (parts.source, true) : (parts.prompt, false)
  }

  /// What the data has as a row's answer, with the end token if the row has it.
  public func answer(_ row: Int) -> [Int32] { parts(row).answer }

  /// A row's source, what its target has before the first token that is learned, and the rest.
  private func parts(_ row: Int) -> (source: [Int32], prompt: [Int32], answer: [Int32]) {
    let start = row * targetWidth
    let ids = targetIDs[start..<start + targetLengths[row]].map(Int32.init)
    let first = (0..<ids.count).first { supervised[start + $0] } ?? ids.count
    let source = sourceIDs[row * sourceWidth..<row * sourceWidth + sourceLengths[row]].map(Int32.init)
    return (source, Array(ids[..<first]), Array(ids[first...]))
  }
}
