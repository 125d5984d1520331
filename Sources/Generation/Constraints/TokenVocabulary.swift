import OrchardTokenizers

/// The bytes of a model's tokens, by what stands before them; made once for any number of grammars.
final class TokenVocabulary: Sendable {
  /// How many tokens the model knows.
  let size: Int
  private let pieces: TokenPieces
  private let excluded: Set<Int>
  private let tries: [VocabularyTrie]

  /// The tokens below `size` but the end tokens, and the one for what the vocabulary lacks, which stands for no text.
  ///
  /// - Throws: `TokenizerError` for a tokenizer whose tokens add what depends on more than the token before.
  init(_ tokenizer: Tokenizer, size: Int, endTokens: [Int]) throws {
    let pieces = try TokenPieces(tokenizer)
    let excluded = Set(endTokens + [tokenizer.unknownID].compactMap { $0 })
    self.size = size
    self.pieces = pieces
    self.excluded = excluded
    func trie(_ context: TokenPieces.Context) -> VocabularyTrie {
      VocabularyTrie(pieces, in: context, count: size, excluding: excluded)
    }
    let plain = [trie(.first), trie(.later)]
    tries = plain.contains { $0.nexts.contains(.afterWord) } ? plain + [trie(.afterWord)] : plain
  }

  /// The tokens of a context; only one that follows some token is asked for.
  func trie(_ context: TokenPieces.Context) -> VocabularyTrie {
    switch context {
    case .first: tries[0]
    case .later: tries[1]
    case .afterWord: tries[tries.count - 1]
    }
  }

  /// What a token adds in a context; nil for a token that stands for no text.
  func piece(of token: Int, in context: TokenPieces.Context) -> (bytes: [UInt8], next: TokenPieces.Context)? {
    excluded.contains(token) || !(0..<size).contains(token) ? nil : pieces.piece(of: token, in: context)
  }
}
