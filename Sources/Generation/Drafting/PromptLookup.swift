/// Drafts by looking up: where the row's last tokens have stood before, what followed them there.
///
/// Saxena, "Prompt lookup decoding", 2023. Beside the row's own tokens an encoder's source is looked through, from which
/// summaries copy.
struct PromptLookup: Drafter {
  let tokens: Int
  let longestMatch: Int

  func drafts(for rows: [DraftRow]) -> [[Draft]] {
    rows.map { row in
      let most = min(tokens, row.most)
      guard most > 0 else { return [] }
      var found = Self.continuation(of: row.history, in: row.history, longest: longestMatch)
      if found.isEmpty { found = Self.continuation(of: row.history, in: row.context.source, longest: longestMatch) }
      return found.prefix(most).map { Draft(token: $0) }
    }
  }

  /// What followed the last tokens of `text` where they stood in `store` last, the longest match first.
  static func continuation(of text: [Int], in store: [Int], longest: Int) -> ArraySlice<Int> {
    for length in stride(from: min(longest, text.count), through: 1, by: -1) {
      let wanted = text.suffix(length)
      // What ends the store has nothing behind it.
      for start in stride(from: store.count - length - 1, through: 0, by: -1)
      where store[start..<start + length].elementsEqual(wanted) {
        return store[(start + length)...]
      }
    }
    return []
  }
}
