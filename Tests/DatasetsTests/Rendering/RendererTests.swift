import OrchardDatasets
import OrchardJSON
import Testing

@Suite struct RendererTests {
  let composer = PromptComposer(
    PromptTemplate(name: "test", instruction: "Do.", prompt: "{{q}}:", completion: "{{a}}"))
  let asked = row(("q", "why"), ("a", "so"), line: 4)

  func settings(_ overLong: OverLong = .truncate, source: Int = 100, target: Int = 100, all: Int = 100)
    -> RenderingSettings
  {
    var settings = RenderingSettings()
    settings.overLong = overLong
    settings.maximumSourceTokens = source
    settings.maximumTargetTokens = target
    settings.maximumTokens = all
    return settings
  }

  func render(_ tokenizer: LetterTokenizer, _ shape: SequenceShape, _ settings: RenderingSettings, _ row: DataRow)
    throws -> RenderedExample?
  {
    let renderer = try Renderer(tokenizer: tokenizer, shape: shape, settings: settings)
    let examples = try renderer.render(row, number: 9, composer: composer)
    #expect(examples.count <= 1)
    return examples.first
  }

  @Test func encoderDecoder() throws {
    let tokenizer = LetterTokenizer.encoderDecoder
    let example = try #require(try render(tokenizer, .encoderDecoder, settings(), asked))
    #expect(tokenizer.text(example.source) == "Do.\n\nwhy:</s>")
    #expect(tokenizer.text(example.target) == "so</s>")
    #expect(example.supervised == 0..<3)
    #expect(example.endIsSupervised)
    #expect(example.row == 9)
    let framed = LetterTokenizer(prefix: [1], suffix: [2])
    let other = try #require(try render(framed, .encoderDecoder, settings(), asked))
    #expect(framed.text(other.source) == "<s>Do.\n\nwhy:</s>")
    #expect(framed.text(other.target) == "<s>so</s>")
    let bare = LetterTokenizer()
    let third = try #require(try render(bare, .encoderDecoder, settings(), asked))
    #expect(bare.text(third.source) == "Do.\n\nwhy:</s>")
    #expect(bare.text(third.target) == "so</s>")
  }

  @Test func decoderOnlyLearnsTheCompletion() throws {
    let tokenizer = LetterTokenizer.decoderOnly
    let example = try #require(try render(tokenizer, .decoderOnly, settings(), asked))
    #expect(example.source.isEmpty)
    #expect(tokenizer.text(example.target) == "<s>Do.\n\nwhy: so</s>")
    #expect(tokenizer.text(example.target[example.supervised]) == " so</s>")
    var all = settings()
    all.supervise = .all
    let whole = try #require(try render(tokenizer, .decoderOnly, all, asked))
    #expect(tokenizer.text(whole.target[whole.supervised]) == "Do.\n\nwhy: so</s>")
    let bare = LetterTokenizer()
    let third = try #require(try render(bare, .decoderOnly, settings(), asked))
    #expect(bare.text(third.target) == "Do.\n\nwhy: so</s>")
  }

  @Test func theSpaceIsNotGivenTwice() throws {
    let tokenizer = LetterTokenizer(prefix: [1], addsSpace: true)
    let example = try #require(try render(tokenizer, .decoderOnly, settings(), asked))
    #expect(tokenizer.text(example.target) == "<s> Do.\n\nwhy: so</s>")
    #expect(tokenizer.text(example.target[example.supervised]) == " so</s>")
  }

  @Test func thePromptAloneIsThePromptThatWasTrained() throws {
    for tokenizer in [LetterTokenizer.decoderOnly, LetterTokenizer(prefix: [1], addsSpace: true)] {
      let renderer = try Renderer(tokenizer: tokenizer, shape: .decoderOnly, settings: settings())
      let example = try #require(try renderer.render(asked, number: 0, composer: composer).first)
      let prompt = renderer.promptIDs(try composer.prompt(asked).text)
      #expect(example.target.prefix(example.supervised.lowerBound).map(Int.init) == prompt)
    }
  }

  @Test func anEndTokenThatPadsIsStillLearned() throws {
    var tokenizer = LetterTokenizer.decoderOnly
    tokenizer.endID = 0
    let example = try #require(try render(tokenizer, .decoderOnly, settings(), asked))
    let batch = SequenceBatch([0, 1], of: [example, example], paddingID: 0, multiple: 32)
    #expect(batch.supervisedCount == 2 * example.supervised.count)
    #expect(batch.labels()[example.target.count - 1] == 0)
    #expect(batch.labels()[example.target.count] == -100)
  }

  @Test func theRowsTextIsShortenedNotTheTemplate() throws {
    let long = row(("q", .string(String(repeating: "word ", count: 50))), ("a", "so"))
    let tokenizer = LetterTokenizer.encoderDecoder
    let example = try #require(try render(tokenizer, .encoderDecoder, settings(source: 60), long))
    #expect(example.promptIsTruncated)
    #expect(example.source.count <= 60 && example.source.count >= 58)
    #expect(tokenizer.text(example.source).hasPrefix("Do.\n\nword word"))
    #expect(tokenizer.text(example.source).hasSuffix(":</s>"))
    let decoder = LetterTokenizer.decoderOnly
    let other = try #require(try render(decoder, .decoderOnly, settings(all: 60), long))
    #expect(other.target.count <= 60 && other.target.count >= 58)
    #expect(decoder.text(other.target).hasSuffix(": so</s>"))
    #expect(decoder.text(other.target[other.supervised]) == " so</s>")
  }

  @Test func aShortenedCompletionHasNoEnd() throws {
    let long = row(("q", "why"), ("a", .string(String(repeating: "x", count: 80))))
    let tokenizer = LetterTokenizer.encoderDecoder
    let example = try #require(try render(tokenizer, .encoderDecoder, settings(target: 10), long))
    #expect(tokenizer.text(example.target) == "xxxxxxxxxx")
    #expect(example.completionIsTruncated && !example.endIsSupervised)
    let decoder = LetterTokenizer.decoderOnly
    let other = try #require(try render(decoder, .decoderOnly, settings(all: 40), long))
    #expect(other.target.count <= 40)
    #expect(decoder.text(other.target[other.supervised]) == " " + String(repeating: "x", count: 18))
    #expect(other.completionIsTruncated && !other.endIsSupervised)
  }

  @Test func overLongRowsAreRefusedOrDropped() throws {
    let long = row(("q", .string(String(repeating: "x", count: 80))), ("a", "so"), line: 12)
    let tokenizer = LetterTokenizer.encoderDecoder
    #expect(try render(tokenizer, .encoderDecoder, settings(.drop, source: 20), long) == nil)
    let error = #expect(throws: DataError.self) {
      try render(tokenizer, .encoderDecoder, settings(.refuse, source: 20), long)
    }
    #expect(
      error?.description
        == "data.jsonl, line 12: the prompt has 86 tokens, where at most 19 fit; raise the maximum, or "
        + "set over-long to truncate or drop")
    let second = #expect(throws: DataError.self) {
      try render(tokenizer, .encoderDecoder, settings(source: 6), long)
    }
    #expect(
      second?.problem == "the template and its worked examples alone take 6 tokens, where at most 5 fit; raise the "
        + "maximum, or use fewer shots")
  }

  @Test func textsAreLearnedWhole() throws {
    let composer = PromptComposer(try PromptTemplates.find("text"))
    let tokenizer = LetterTokenizer.decoderOnly
    let renderer = try Renderer(tokenizer: tokenizer, shape: .decoderOnly, settings: settings(all: 8))
    let short = try #require(try renderer.render(row(("text", "abc")), number: 0, composer: composer).first)
    #expect(tokenizer.text(short.target) == "<s>abc</s>")
    #expect(short.supervised == 1..<5 && short.endIsSupervised)
    let long = try #require(try renderer.render(row(("text", "abcdefghij")), number: 0, composer: composer).first)
    #expect(tokenizer.text(long.target) == "<s>abcdefg")
    #expect(long.completionIsTruncated && !long.endIsSupervised)
    let encoder = try Renderer(tokenizer: LetterTokenizer.encoderDecoder, shape: .encoderDecoder, settings: settings())
    let error = #expect(throws: DataError.self) {
      try encoder.render(row(("text", "abc")), number: 0, composer: composer)
    }
    #expect(try #require(error).description.contains("no tokens that stand for gaps (<extra_id_0> …)"))
  }

  @Test(arguments: 1...40) func aSplitTextLosesNothing(length: Int) throws {
    let composer = PromptComposer(try PromptTemplates.find("text"))
    let tokenizer = LetterTokenizer.decoderOnly
    let renderer = try Renderer(tokenizer: tokenizer, shape: .decoderOnly, settings: settings(.split, all: 8))
    let text = String((0..<length).map { Character(UnicodeScalar(UInt8(97 + $0 % 26))) })
    let parts = try renderer.render(row(("text", .string(text))), number: 3, composer: composer)
    #expect(parts.map { tokenizer.text($0.target[$0.supervised]) }.joined() == text + "</s>")
    #expect(parts.allSatisfy { $0.target.count <= 8 && $0.row == 3 && $0.supervised.lowerBound == 1 })
    #expect(parts.map(\.endIsSupervised) == Array(repeating: false, count: parts.count - 1) + [true])
    let prompt = row(("q", .string(String(repeating: "x", count: 80))), ("a", "so"))
    let error = #expect(throws: DataError.self) {
      try render(.decoderOnly, .decoderOnly, settings(.split, all: 40), prompt)
    }
    #expect(error?.problem.contains("fit and cannot be split, as a text without a prompt can; raise") == true)
  }

  @Test func aTokenizerWithoutEndIsRefused() {
    var tokenizer = LetterTokenizer()
    tokenizer.endID = nil
    let error = #expect(throws: DataError.self) { try Renderer(tokenizer: tokenizer, shape: .decoderOnly) }
    #expect(error?.problem == "the tokenizer names no end token, so a model could never learn to stop; name one")
  }
}
