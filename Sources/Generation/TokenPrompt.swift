/// A prompt in tokens, and what ends its text.
public struct TokenPrompt: Sendable, Hashable {
  /// What the model reads: an encoder's source, or a decoder's beginning.
  public var tokens: [Int]
  /// Tells apart rows with equal tokens, which else would draw the same random numbers.
  public var sample: Int
  /// The adapter that the text is made with, by its name among the model's `rowAdapters`; nil for none of them.
  public var adapter: String?

  /// A prompt.
  public init(_ tokens: [Int], sample: Int = 0, adapter: String? = nil) {
    self.tokens = tokens
    self.sample = sample
    self.adapter = adapter
  }

  /// Prompts of rows that are padded to one length on the left or on the right; `mask` is 1 at a row's own tokens.
  ///
  /// - Throws: `GenerationError` that names the row whose mask has another length, other numbers, or a gap.
  public static func unpadded(_ rows: [[Int]], mask: [[Int]]) throws -> [TokenPrompt] {
    guard rows.count == mask.count else {
      throw GenerationError("there are \(rows.count) rows of tokens, and a mask for \(mask.count)")
    }
    return try zip(rows, mask).enumerated().map { index, pair in
      let (row, mask) = pair
      let own = mask.indices.filter { mask[$0] == 1 }
      guard row.count == mask.count, mask.allSatisfy({ $0 == 0 || $0 == 1 }),
        own.count == (own.last ?? -1) - (own.first ?? 0) + 1
      else {
        throw GenerationError(
          "the mask of row \(index + 1) must have a 0 or 1 for each of its \(row.count) tokens, and its ones in one piece"
        )
      }
      return TokenPrompt(own.map { row[$0] })
    }
  }
}
