import OrchardJSON
import OrchardTokenizers
import Testing

/// The bytes of single tokens.
@Suite struct TokenPiecesTests {
  /// Puts the pieces of some tokens together; nil where one of them has none.
  private func joined(_ ids: [Int], _ pieces: TokenPieces) -> [UInt8]? {
    var bytes: [UInt8] = []
    var context = TokenPieces.Context.first
    for id in ids {
      guard let piece = pieces.piece(of: id, in: context) else { return nil }
      bytes += piece.bytes
      context = piece.next
    }
    return bytes
  }

  @Test(arguments: PipelineTests.names) func togetherTheyAreTheDecodedText(_ name: String) throws {
    let pipelines = try GoldenPipelines()
    let tokenizer = try pipelines.tokenizer(name)
    let pieces = try TokenPieces(tokenizer)
    var random = SplitMix(state: 5)
    var checked = 0
    for number in 0..<300 {
      var ids = tokenizer.encodeIDs(pipelines.texts.text(number, special: []), addSpecialTokens: false)
      // Tokens that no text gives, halves of characters among them.
      for _ in 0..<random.below(3) { ids.append(random.below(tokenizer.vocabularySize)) }
      guard let bytes = joined(ids, pieces), let text = String(validating: bytes, as: UTF8.self) else { continue }
      checked += 1
      #expect(text.utf8.elementsEqual(tokenizer.decode(ids).utf8), "\(ids)")
    }
    #expect(checked > 10)
  }

  @Test func specialTokensAddNothing() throws {
    let pieces = try TokenPieces(GoldenPipelines().tokenizer("llama"))
    #expect(pieces.piece(of: 1, in: .first) == nil)
    #expect(pieces.piece(of: 1_000_000, in: .later) == nil)
  }

  @Test func halvesOfCharactersAreTheirBytes() throws {
    let tokenizer = try GoldenPipelines().tokenizer("gpt2-false-false")
    let half = try #require(tokenizer.id(for: "ð"))
    #expect(try TokenPieces(tokenizer).piece(of: half, in: .later)?.bytes == [0xF0])
  }

  @Test func aDecoderThatLooksAtMoreThanOneTokenIsRefused() throws {
    let model: JSONValue = ["type": "WordLevel", "vocab": ["a": 0], "unk_token": "a"]
    let stages: JSONValue = [["type": "Fuse"], ["type": "Strip", "content": "a", "start": 0, "stop": 1]]
    let tokenizer = try Tokenizer(json: ["model": model, "decoder": ["type": "Sequence", "decoders": stages]])
    let error = #expect(throws: TokenizerError.self) { try TokenPieces(tokenizer) }
    #expect(try #require(error).description.contains("depends on the tokens around it"))
  }
}
