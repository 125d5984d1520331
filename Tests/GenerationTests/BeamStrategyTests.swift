import OrchardGeneration
import OrchardJSON
import TestSupport
import Testing

@Suite struct BeamStrategyTests {
  @Test("Beam search equals transformers token for token", arguments: GoldenCase.all("beams"))
  func beams(golden: GoldenCase) throws {
    var decoding = try Decoding(
      try TinyModel.load(golden.model), golden.prompts, settings: golden.settings, endTokens: golden.endTokens)
    _ = try decoding.finish()
    let expected = golden.json["tokens"]?.array ?? []
    let scores = GoldenCase.floats(golden.json["scores"])
    for (prompt, sequences) in decoding.results.enumerated() {
      #expect(sequences.map(\.tokens) == GoldenCase.integers(expected[prompt]))
      for (sequence, score) in zip(sequences, scores[prompt]) {
        #expect(abs(Double(sequence.score ?? 0) - score) < 1e-3)
      }
    }
  }

  @Test func aPromptAloneGivesTheSameTexts() throws {
    let golden = try #require(GoldenCase.all("beams").first)
    let model = try TinyModel.load(golden.model)
    for (index, prompt) in golden.prompts.enumerated() {
      var decoding = try Decoding(model, [prompt], settings: golden.settings, endTokens: golden.endTokens)
      _ = try decoding.finish()
      let expected = GoldenCase.integers(golden.json["tokens"]?.array?[index])
      #expect(decoding.results[0].map(\.tokens) == expected)
    }
  }

  @Test func theBestTextIsGivenTokenByTokenAtItsEnd() throws {
    let golden = try #require(GoldenCase.all("beams").last)
    var decoding = try Decoding(
      try TinyModel.load(golden.model), golden.prompts, settings: golden.settings, endTokens: golden.endTokens)
    var tokens: [Int: [Int]] = [:]
    var finished: Set<Int> = []
    while let step = try decoding.next() {
      for token in step {
        tokens[token.prompt, default: []].append(token.token)
        if token.finish != nil { finished.insert(token.prompt) }
      }
    }
    #expect(finished.count == golden.prompts.count)
    for prompt in golden.prompts.indices { #expect(tokens[prompt] == decoding.results[prompt].first?.tokens) }
  }

  @Test func moreBeamsThanTokensIsNoTrap() throws {
    var settings = GenerationSettings()
    settings.beams = 150
    settings.maxNewTokens = 3
    var decoding = try Decoding(try TinyModel.load("llama-grouped"), [TokenPrompt([1, 4])], settings: settings)
    let sequences = try decoding.finish()
    #expect(sequences[0].tokens.count <= 3)
    #expect(decoding.results[0].count <= 150)
  }
}
