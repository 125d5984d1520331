import OrchardTokenizers

/// A text, or a pair of texts, as the tokenizer frames it: what encoders and classifiers read.
public struct EncodedText: Sendable, Equatable {
  /// The tokens, special ones included.
  public var ids: [Int]
  /// Which text of a pair each token belongs to; nil for a single text.
  public var types: [Int]?
  /// The tokens before any were left out because the text is longer than the model reads.
  public var wholeCount: Int
  /// Whether tokens were left out.
  public var isCut: Bool { wholeCount > ids.count }

  /// Tokens as they are.
  public init(ids: [Int], types: [Int]? = nil) { (self.ids, self.types, wholeCount) = (ids, types, ids.count) }

  /// Encodes a text, cut so that it has at most `limit` tokens; special tokens are never cut away.
  public init(_ text: String, with tokenizer: Tokenizer, limit: Int?) {
    self.init(ids: tokenizer.encodeIDs(text))
    guard let limit, ids.count > limit else { return }
    let bare = tokenizer.encodeIDs(text, addSpecialTokens: false)
    // What the tokenizer puts before the text, and what behind it.
    let before = (0...ids.count - bare.count).first { Array(ids[$0..<$0 + bare.count]) == bare } ?? 0
    let kept = max(0, limit - (ids.count - bare.count))
    ids = Array(ids[..<before]) + bare.prefix(kept) + ids[(before + bare.count)...]
  }

  /// Encodes a pair; the longer text is cut first, so that both together have at most `limit` tokens.
  public init(_ text: String, pair: String, with tokenizer: Tokenizer, limit: Int?) {
    let whole = tokenizer.encode(text, pair: pair)
    self.init(ids: whole.ids, types: whole.typeIDs)
    guard let limit, ids.count > limit else { return }
    let first = tokenizer.encodeIDs(text, addSpecialTokens: false).count
    let second = whole.specialTokensMask.count { !$0 } - first
    let room = max(0, limit - (ids.count - first - second))
    let kept = Self.shares(of: room, first, second)
    // Of the tokens that were found in the texts, those of the first come first.
    var place = 0
    let stays = whole.specialTokensMask.map { isSpecial -> Bool in
      if isSpecial { return true }
      defer { place += 1 }
      return place < first ? place < kept.0 : place - first < kept.1
    }
    ids = zip(ids, stays).filter(\.1).map(\.0)
    types = zip(whole.typeIDs, stays).filter(\.1).map(\.0)
  }

  /// What is kept of two texts so that both together have `room` tokens: the longer one is cut, and where it would
  /// become the shorter one, each has half of the room, the longer one what cannot be halved.
  private static func shares(of room: Int, _ first: Int, _ second: Int) -> (Int, Int) {
    let shorter = min(first, second)
    let kept = shorter <= room - shorter ? shorter : room / 2
    return first > second ? (room - kept, kept) : (kept, room - kept)
  }
}
