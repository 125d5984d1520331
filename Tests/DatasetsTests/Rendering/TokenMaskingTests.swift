import OrchardDatasets
import OrchardJSON
import Testing

@Suite struct TokenMaskingTests {
  private func masking(mask: Double = 0.8, random: Double = 0.1, seed: Int = 4) -> TokenMasking {
    TokenMasking(
      share: 0.15, maskShare: mask, randomShare: random, mask: 4, vocabularySize: 5000, opening: [1], closing: [2],
      seed: seed)
  }

  private func text(_ count: Int) -> RenderedExample {
    RenderedExample(
      row: 0, source: (0..<Int32(count)).map { $0 + 10 }, target: [], supervised: 0..<0, endIsSupervised: false)
  }

  @Test func whatIsHiddenStandsInTheTargetWithItsPlaces() {
    let example = masking(mask: 1, random: 0).example(text(40), number: 3, epoch: 0)
    #expect(example.source.count == 42 && example.source.first == 1 && example.source.last == 2)
    #expect(example.target.count == 6 && example.places.count == 6 && example.supervised == 0..<6)
    var restored = example.source
    for (place, token) in zip(example.places, example.target) {
      #expect(restored[Int(place)] == 4)
      restored[Int(place)] = token
    }
    #expect(restored == [1] + text(40).source + [2])
  }

  @Test func wordsAreHiddenBeforeSpecialTokens() {
    let masking = TokenMasking(
      share: 0.5, maskShare: 1, randomShare: 0, mask: 4, vocabularySize: 90, special: [10, 11, 12], opening: [],
      closing: [], seed: 1)
    for number in 0..<20 {
      #expect(Set(masking.example(text(6), number: number, epoch: 0).target) == [13, 14, 15])
      #expect(masking.example(text(4), number: number, epoch: 0).target.contains(13))
    }
  }

  @Test func theLengthDecidesHowMany() {
    for (count, hidden) in [(1, 1), (2, 1), (9, 1), (10, 2), (100, 15), (510, 77)] {
      #expect(masking().lengths(of: count) == SequenceLength(source: count + 2, target: hidden))
      #expect(masking().example(text(count), number: 0, epoch: 0).target.count == hidden)
    }
  }

  @Test func eightOfTenAreMaskedAndOneIsRandom() {
    var (masked, random, kept, places) = (0, 0, 0, Set<Int32>())
    for number in 0..<400 {
      let example = masking().example(text(100), number: number, epoch: 0)
      places.formUnion(example.places)
      for (place, token) in zip(example.places, example.target) {
        switch example.source[Int(place)] {
        case 4: masked += 1
        case token: kept += 1
        default: random += 1
        }
      }
    }
    let all = Double(400 * 15)
    #expect(abs(Double(masked) / all - 0.8) < 0.02)
    #expect(abs(Double(random) / all - 0.1) < 0.015)
    #expect(abs(Double(kept) / all - 0.1) < 0.015)
    #expect(places.count == 100)
  }

  @Test func eachEpochHidesOtherTokensAndTheSameSeedTheSame() {
    let first = masking().example(text(100), number: 3, epoch: 0)
    #expect(first == masking().example(text(100), number: 3, epoch: 0))
    #expect(first != masking().example(text(100), number: 3, epoch: 1))
    #expect(first != masking().example(text(100), number: 4, epoch: 0))
    #expect(first != masking(seed: 5).example(text(100), number: 3, epoch: 0))
  }

  private func render(_ text: String, prompt: String = "", mask: Int? = 258) throws -> (Renderer, [RenderedExample]) {
    var tokenizer = LetterTokenizer(prefix: [1], suffix: [2])
    (tokenizer.endID, tokenizer.maskID) = (nil, mask)
    var settings = RenderingSettings()
    settings.maximumTokens = 12
    let renderer = try Renderer(tokenizer: tokenizer, shape: .encoder, settings: settings)
    let composer = PromptComposer(PromptTemplate(name: "text", prompt: prompt, completion: "{{text}}"))
    return (renderer, try renderer.render(row(("text", .string(text))), number: 2, composer: composer))
  }

  @Test func textsAreCutIntoPiecesThatFitAndNothingIsLost() throws {
    let letters = "the quick brown fox"
    let (renderer, parts) = try render(letters)
    #expect(parts.count == 2 && LetterTokenizer().text(parts.flatMap(\.source)) == letters)
    let masking = try #require(try renderer.corruption(seed: 0))
    let examples = parts.enumerated().map { masking.example($1, number: $0, epoch: 0) }
    let batch = SequenceBatch([0, 1], of: examples, paddingID: 0)
    #expect(batch.sourceLengths == [12, 11] && batch.targetLengths == [2, 1])
    #expect(batch.positions[0] > 0 && batch.positions[0] < batch.positions[1])
    #expect(batch.positions[2] == Int(examples[1].places[0]))
  }

  @Test func anEncoderIsAskedNothing() throws {
    let error = #expect(throws: DataError.self) { _ = try render("a", prompt: "Say {{text}}") }
    #expect(error.map { "\($0)".contains("a text encoder writes none") } == true)
  }

  @Test func withoutAMaskTokenNothingIsLearned() throws {
    let error = #expect(throws: DataError.self) { _ = try render("abc", mask: nil) }
    #expect(error.map { "\($0)".contains("names no mask token") } == true)
  }
}
