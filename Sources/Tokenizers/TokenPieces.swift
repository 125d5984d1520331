/// What stands before a token, as far as decoding asks, and what the token tells of itself.
package struct PiecePlace {
  /// Whether no token stands before it.
  var isFirst: Bool
  /// Whether a word's end stands right before it, whose space is still to be written.
  var followsWord = false
  /// Whether the stages so far have made one text of all tokens.
  var isFused = false
  /// Whether a word ends with it.
  var endsWord = false
}

/// The bytes that each token adds to a text.
///
/// The pieces of some tokens, put together, are what `TokenStream` makes of them, if they are UTF-8; a piece may hold a
/// part of a character.
public struct TokenPieces: Sendable {
  /// What a token's bytes depend on.
  public enum Context: Int, Sendable, Hashable, CaseIterable {
    /// No token stands before.
    case first
    /// Some token does.
    case later
    /// Some token does that ends a word.
    case afterWord
  }

  private let tokenizer: Tokenizer

  /// The pieces of a tokenizer's tokens.
  ///
  /// - Throws: `TokenizerError` where what a token adds depends on more than the token before it.
  public init(_ tokenizer: Tokenizer) throws {
    self.tokenizer = tokenizer
    var place = PiecePlace(isFirst: true)
    _ = try tokenizer.decoder?.piece(Array("a".utf8), at: &place)
  }

  /// The bytes that a token adds in a context, and the context of the token after it.
  ///
  /// Nil for a number without a token, and for special tokens, which add nothing.
  public func piece(of id: Int, in context: Context) -> (bytes: [UInt8], next: Context)? {
    guard !tokenizer.added.isSkipped(id), let text = tokenizer.decodedBytes(id) else { return nil }
    var place = PiecePlace(isFirst: context == .first, followsWord: context == .afterWord)
    guard let decoder = tokenizer.decoder else {
      // Without a decoder, tokens are words with spaces in between.
      return (context == .first ? text : [0x20] + text, .later)
    }
    guard let bytes = try? decoder.piece(text, at: &place) else { return nil }
    // A space that is dropped at the start of all text is still owed where the text so far is empty.
    if context == .first, text.isEmpty { return nil }
    return (bytes, place.endsWord ? .afterWord : .later)
  }
}
