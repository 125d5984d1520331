/// What rendering asks of a tokenizer.
public protocol SegmentTokenizer: Sendable {
  /// The ids of a text; with special tokens where the tokenizer frames a text with them.
  func encodeIDs(_ text: String, addSpecialTokens: Bool) -> [Int]
  /// A text, or a pair of texts, as the tokenizer frames it, in at most `limit` tokens.
  func framed(_ text: String, pair: String?, limit: Int?) -> EncodedText
  /// The token's own letters, such as `▁The`.
  func token(for id: Int) -> String?
  /// The id of a token by its letters, such as `<extra_id_0>`.
  func id(for token: String) -> Int?
  /// The text of ids.
  func decode(_ ids: [Int], skipSpecialTokens: Bool) -> String
  /// The token that ends a text.
  var endID: Int? { get }
  /// The token that stands for what is hidden from an encoder.
  var maskID: Int? { get }
  /// Whether a token stands for no text.
  func isSpecial(_ id: Int) -> Bool
  /// The number of ids.
  var vocabularySize: Int { get }
}

/// The special tokens that a tokenizer puts around a text, found by looking at what it does with one.
struct TokenFrame: Sendable, Equatable {
  var prefix: [Int] = []
  var suffix: [Int] = []
  /// Whether the tokenizer puts a space before every text (SentencePiece's dummy prefix).
  var addsLeadingSpace = false

  init(_ tokenizer: some SegmentTokenizer) {
    let probe = "a"
    let bare = tokenizer.encodeIDs(probe, addSpecialTokens: false)
    let framed = tokenizer.encodeIDs(probe, addSpecialTokens: true)
    if let start = framed.indices.first(where: { framed[$0...].starts(with: bare) }) {
      prefix = Array(framed[..<start])
      suffix = Array(framed[(start + bare.count)...])
    }
    addsLeadingSpace = bare.first.flatMap(tokenizer.token(for:))?.hasPrefix("▁") == true
  }
}
