import Foundation
import OrchardGeneration
import OrchardJSON
import TestSupport
import Testing

@Suite struct BeamStrategyTests {
  @Test("Beam search equals transformers token for token", arguments: GoldenCase.all("beams"))
  func beams(golden: GoldenCase) throws {
    var decoding = try Decoding(
      try TinyModel.load(golden.model), golden.prompts, settings: try golden.settings, endTokens: golden.endTokens)
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
      var decoding = try Decoding(model, [prompt], settings: try golden.settings, endTokens: golden.endTokens)
      _ = try decoding.finish()
      let expected = GoldenCase.integers(golden.json["tokens"]?.array?[index])
      #expect(decoding.results[0].map(\.tokens) == expected)
    }
  }

  @Test func theBestTextIsGivenTokenByTokenAtItsEnd() throws {
    let golden = try #require(GoldenCase.all("beams").last)
    var decoding = try Decoding(
      try TinyModel.load(golden.model), golden.prompts, settings: try golden.settings, endTokens: golden.endTokens)
    var tokens: [Int: [Int]] = [:]
    var finished: Set<Int> = []
    while let step = try decoding.next() {
      for token in step {
        if token.sequence == 0 { tokens[token.prompt, default: []].append(token.token) }
        if token.finish != nil { finished.insert(token.prompt) }
      }
    }
    #expect(finished.count == golden.prompts.count)
    for prompt in golden.prompts.indices { #expect(tokens[prompt] == decoding.results[prompt].first?.tokens) }
  }

  @Test("Groups of beams equal the last transformers that had them", arguments: GoldenCase.all("groups"))
  func groups(golden: GoldenCase) throws { try equalsGolden(golden) }

  @Test("Forced phrases equal the last transformers that had them", arguments: GoldenCase.all("phrases"))
  func phrases(golden: GoldenCase) throws {
    let settings = try golden.settings
    var decoding = try Decoding(
      try TinyModel.load(golden.model), golden.prompts, settings: settings, endTokens: golden.endTokens)
    _ = try decoding.finish()
    for (prompt, sequences) in decoding.results.enumerated() {
      // transformers fills its list up with texts that lack a phrase, or ends without any; here all of them hold all.
      let all = GoldenCase.integers(golden.json["tokens"]?.array?[prompt])
      let expected = all.filter { holds(settings.forceWords, $0) }
      let found = sequences.map(\.tokens)
      #expect(!found.isEmpty && found.allSatisfy { holds(settings.forceWords, $0) })
      if !expected.isEmpty { #expect(found == expected) }
    }
  }

  private func holds(_ phrases: [ForcedPhrase], _ tokens: [Int]) -> Bool {
    func text(_ tokens: [Int]) -> String { tokens.map { "<\($0)>" }.joined() }
    return phrases.allSatisfy { phrase in
      phrase.alternatives.contains { alternative in
        guard case .tokens(let wanted) = alternative else { return false }
        return text(tokens).contains(text(wanted))
      }
    }
  }

  private func equalsGolden(_ golden: GoldenCase) throws {
    var decoding = try Decoding(
      try TinyModel.load(golden.model), golden.prompts, settings: try golden.settings, endTokens: golden.endTokens)
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

  /// Where the phrase is most unlikely and the beams are few, every returned text still holds it.
  @Test(arguments: TinyModel.names) func unlikelyPhrasesOccur(name: String) throws {
    let model = try TinyModel.load(name)
    var settings = GenerationSettings()
    for (beams, length) in [(2, 3), (2, 12), (3, 9), (3, 14), (5, 30)] {
      settings.beams = beams
      settings.maxNewTokens = length
      for tokens in [[61, 62, 63], [90, 33, 90], [11, 12, 13]] {
        settings.forceWords = [.anyOf([.tokens(tokens), .tokens([80, 81, 82, 83])])]
        var decoding = try Decoding(model, [TokenPrompt([1, 5, 1]), TokenPrompt([1, 40])], settings: settings)
        for sequence in try decoding.finish() { #expect(holds(settings.forceWords, sequence.tokens)) }
      }
    }
  }

  /// With one new token both beams end at once, in the order in which they were drawn: the pairs of different tokens
  /// come as often as two draws without putting back give them.
  @Test func beamsThatDrawFollowTheDistribution() throws {
    let model = try TinyModel.load("llama-scaled")
    var settings = GenerationSettings()
    settings.sample = true
    settings.beams = 2
    settings.returnSequences = 2
    settings.maxNewTokens = 1
    settings[step: "top-k"] = 5
    let draws = 4000
    let prompts = (0..<draws).map { TokenPrompt([1, 20, 7], sample: $0) }
    var decoding = try Decoding(model, prompts, settings: settings, endTokens: [2])
    _ = try decoding.finish()
    var counts: [Set<Int>: Int] = [:]
    // Scores of beams are not renormalised after a filter; what was drawn from is.
    var weights: [Int: Double] = [:]
    for sequences in decoding.results {
      #expect(sequences.count == 2)
      #expect((sequences[0].score ?? 0) >= (sequences[1].score ?? 0))
      counts[Set(sequences.map { $0.tokens[0] }), default: 0] += 1
      for sequence in sequences { weights[sequence.tokens[0]] = exp(Double(sequence.chosenLogProbabilities[0])) }
    }
    #expect(weights.count == 5)
    let total = weights.values.reduce(0, +)
    let tokens = weights.keys.sorted()
    var (statistic, cells) = (0.0, 0)
    for a in tokens {
      for b in tokens where a < b {
        let (p, q) = ((weights[a] ?? 0) / total, (weights[b] ?? 0) / total)
        let expected = Double(draws) * (p * q / (1 - p) + q * p / (1 - q))
        guard expected >= 5 else { continue }
        statistic += pow(Double(counts[[a, b]] ?? 0) - expected, 2) / expected
        cells += 1
      }
    }
    let freedom = Double(cells - 1)
    #expect(cells > 5)
    #expect(statistic < freedom + 3.1 * (2 * freedom).squareRoot())
  }

  @Test("Beams that draw do not depend on the batch", arguments: TinyModel.names)
  func drawnBeamsInBatches(name: String) throws {
    let model = try TinyModel.load(name)
    var settings = GenerationSettings()
    settings.sample = true
    settings.beams = 3
    settings.returnSequences = 3
    settings.maxNewTokens = 9
    settings[step: "temperature"] = 1.5
    let prompts = [[1, 9, 30, 4], [1], [1, 60, 61, 62, 63, 64, 65, 7]].map { TokenPrompt($0) }
    var together = try Decoding(model, prompts, settings: settings)
    _ = try together.finish()
    for (index, prompt) in prompts.enumerated() {
      var alone = try Decoding(model, [prompt], settings: settings)
      _ = try alone.finish()
      #expect(alone.results[0].map(\.tokens) == together.results[index].map(\.tokens))
    }
    settings.seed = 4
    var other = try Decoding(model, prompts, settings: settings)
    _ = try other.finish()
    #expect(other.results.map { $0.map(\.tokens) } != together.results.map { $0.map(\.tokens) })
  }

  @Test func forcedPhrasesThatCannotBeAreRefused() throws {
    func problem(_ phrases: [ForcedPhrase]) throws -> String {
      var settings = GenerationSettings()
      settings.beams = 2
      settings.maxNewTokens = 4
      settings.forceWords = phrases
      let model = try TinyModel.load("llama-scaled")
      let error = #expect(throws: GenerationError.self) {
        try Decoding(model, [TokenPrompt([1])], settings: settings, endTokens: [2])
      }
      return try #require(error).description
    }
    let long: [ForcedPhrase] = [.phrase(.tokens([5, 6, 7])), .phrase(.tokens([8, 9]))]
    #expect(try problem(long).contains("the phrases take 5 tokens"))
    #expect(try problem([.phrase(.tokens([5, 2]))]).contains("holds the end token 2"))
    #expect(try problem([.phrase(.tokens([500]))]).contains("token id 500"))
    #expect(try problem([.phrase(.text("rain"))]).contains("no tokenizer was given"))
    #expect(try problem([.anyOf([.tokens([5]), .tokens([5, 6])])]).contains("one begins another"))
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
