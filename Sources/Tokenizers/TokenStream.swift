extension Tokenizer {
  /// The text of the given tokens.
  ///
  /// - Parameters:
  ///   - ids: Token numbers; one without a token is left out.
  ///   - skipSpecialTokens: Whether special tokens are left out.
  /// - Returns: The text; bytes that are no UTF-8 become U+FFFD.
  public func decode(_ ids: some Sequence<Int>, skipSpecialTokens: Bool = true) -> String {
    var stream = TokenStream(tokenizer: self, skipSpecialTokens: skipSpecialTokens)
    var chunks: [Chunk] = []
    for id in ids { stream.take(id, &chunks) }
    stream.finish(&chunks)
    return TokenStream.text(chunks)
  }

  /// What decoding starts from for a token, or nil for a number without one.
  func decodedBytes(_ id: Int) -> [UInt8]? {
    added[id]?.pattern ?? model.vocabulary.token(id).map { Array($0) }
  }
}

/// Decodes tokens as they come, and never gives half a character.
///
/// What `append` and `finish` return, put together, is what `Tokenizer.decode` returns for all the tokens.
public struct TokenStream: Sendable {
  private let tokenizer: Tokenizer
  private let skipSpecialTokens: Bool
  private var run: any DecoderRun

  /// A stream that has seen no token.
  public init(tokenizer: Tokenizer, skipSpecialTokens: Bool = true) {
    self.tokenizer = tokenizer
    self.skipSpecialTokens = skipSpecialTokens
    run = tokenizer.decoder?.begin() ?? SpaceJoiningRun()
  }

  /// Takes the next token and returns the text that is certain now, be it empty.
  public mutating func append(_ id: Int) -> String {
    var chunks: [Chunk] = []
    take(id, &chunks)
    return Self.text(chunks)
  }

  /// Returns the rest of the text, when no token follows; the stream then starts anew.
  public mutating func finish() -> String {
    var chunks: [Chunk] = []
    finish(&chunks)
    self = TokenStream(tokenizer: tokenizer, skipSpecialTokens: skipSpecialTokens)
    return Self.text(chunks)
  }

  mutating func take(_ id: Int, _ chunks: inout [Chunk]) {
    if skipSpecialTokens, tokenizer.added.isSkipped(id) { return }
    guard let bytes = tokenizer.decodedBytes(id) else { return }
    run.take(Chunk(bytes: bytes, endsToken: true), &chunks)
  }

  mutating func finish(_ chunks: inout [Chunk]) { run.finish(&chunks) }

  static func text(_ chunks: [Chunk]) -> String {
    chunks.count == 1
      ? String(decoding: chunks[0].bytes, as: UTF8.self)
      : String(decoding: chunks.flatMap(\.bytes), as: UTF8.self)
  }

  /// What stands in for a decoder where a tokenizer has none: tokens with spaces in between.
  private struct SpaceJoiningRun: DecoderRun {
    var isFirst = true

    mutating func take(_ chunk: Chunk, _ out: inout [Chunk]) {
      out.append(Chunk(bytes: isFirst ? chunk.bytes : [0x20] + chunk.bytes, endsToken: true))
      isFirst = false
    }

    mutating func finish(_ out: inout [Chunk]) {}
  }
}
