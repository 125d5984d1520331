import OrchardTokenizers
import Testing

/// Decoding token by token.
@Suite struct TokenStreamTests {
  @Test(arguments: PipelineTests.names) func givesWhatDecodingAllGives(_ name: String) throws {
    let pipelines = try GoldenPipelines()
    let tokenizer = try pipelines.tokenizer(name)
    var random = SplitMix(state: 3)
    for number in 0..<200 {
      var ids = tokenizer.encodeIDs(pipelines.texts.text(number, special: ["<pad>"]))
      // Tokens that no text gives, among them halves of characters and numbers without a token.
      for _ in 0..<random.below(20) { ids.append(random.below(tokenizer.vocabularySize + 2)) }
      for skips in [true, false] {
        var stream = TokenStream(tokenizer: tokenizer, skipSpecialTokens: skips)
        let parts = ids.map { stream.append($0) }
        let text = parts.joined() + stream.finish()
        #expect(text.utf8.elementsEqual(tokenizer.decode(ids, skipSpecialTokens: skips).utf8))
      }
    }
  }

  @Test(arguments: ["gpt2-false-false", "llama"]) func neverGivesHalfACharacter(_ name: String) throws {
    let tokenizer = try GoldenPipelines().tokenizer(name)
    let text = "né 日本語 🙂👩‍👩‍👧 konela"
    var stream = TokenStream(tokenizer: tokenizer)
    var soFar = ""
    for id in tokenizer.encodeIDs(text) {
      soFar += stream.append(id)
      #expect(!soFar.unicodeScalars.contains("\u{FFFD}"))
      #expect((" " + text).utf8.starts(with: soFar.utf8) || text.utf8.starts(with: soFar.utf8))
    }
    soFar += stream.finish()
    #expect(soFar.hasSuffix(text))
  }

  @Test func textComesAsSoonAsItIsCertain() throws {
    let tokenizer = try GoldenPipelines().tokenizer("gpt2-false-false")
    var stream = TokenStream(tokenizer: tokenizer)
    for id in tokenizer.encodeIDs("tarimo konela") { #expect(!stream.append(id).isEmpty) }
    #expect(stream.finish().isEmpty)
  }

  @Test func aBrokenCharacterAtTheEndIsShown() throws {
    let tokenizer = try GoldenPipelines().tokenizer("gpt2-false-false")
    // The first byte of a character of four, under its visible name.
    let half = try #require(tokenizer.id(for: "ð"))
    var stream = TokenStream(tokenizer: tokenizer)
    #expect(stream.append(half).isEmpty)
    #expect(stream.finish() == "\u{FFFD}")
  }
}
