import OrchardLayers
import OrchardTensors

extension DecodingState {
  /// Padding of so many tokens costs about what reading a model's weights once more does.
  private static let worth = 32

  /// Reads the first tokens of every row, those of about one length together, so that padding costs little.
  ///
  /// `read` reads rows into a state of their own and gives their hidden states `[B, T, D]`. Nil, and nothing read,
  /// where one pass for all is no more work.
  package func firstReading(_ tokens: TokenRows, _ read: (TokenRows, DecodingState) -> Tensor) -> Tensor? {
    guard lengths.allSatisfy({ $0 == 0 }) else { return nil }
    let groups = Self.groups(of: tokens.lengths, worth: Self.worth)
    guard groups.count > 1 else { return nil }
    var hidden: Tensor?
    for rows in groups {
      let lengths = rows.map { tokens.lengths[$0] }
      let length = lengths[0]
      // The longest stand first: a group of rows without tokens is the last one, and there is nothing to read in it.
      guard length > 0 else { break }
      let ids = tokens.ids.indexed(0, by: Tensor(rows, on: tokens.ids.device)).sliced(1, 0..<length)
      let part = DecodingState(like: self, rows: rows)
      let made = read(TokenRows(ids: ids.contiguous, lengths: lengths), part)
      let whole =
        hidden
        ?? .zeros([tokens.lengths.count, tokens.length, made.size(2)], dtype: made.dtype, on: made.device)
      hidden = whole
      for (place, row) in rows.enumerated() {
        whole.selected(0, row).sliced(0, 0..<length).assign(made.selected(0, place))
      }
      for (cache, other) in zip(caches, part.caches) {
        cache.take(rows, of: rowCount, from: other, lengths: lengths, room: tokens.length)
      }
    }
    advance(by: tokens.lengths)
    return hidden
  }
}
