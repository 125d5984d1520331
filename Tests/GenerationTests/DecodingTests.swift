import OrchardGeneration
import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

@Suite struct DecodingTests {
  private func problem(
    _ name: String, _ prompt: [Int], maxNewTokens: Int? = 5, configuration: GenerationConfiguration = .init()
  ) throws -> String {
    var settings = GenerationSettings()
    settings.maxNewTokens = maxNewTokens
    let model = try TinyModel.load(name)
    let error = #expect(throws: GenerationError.self) {
      try Decoding(model, [TokenPrompt([1]), TokenPrompt(prompt)], settings: settings, configuration: configuration)
    }
    return try #require(error).description
  }

  @Test func aPromptBeyondTheContextIsRefusedWithTheNumbers() throws {
    let text = try problem("llama-grouped", Array(repeating: 5, count: 65))
    #expect(text.contains("prompt 2 has 65 tokens"))
    #expect(text.contains("context holds 64"))
    #expect(try problem("llama-grouped", Array(repeating: 5, count: 64)).contains("leaves no room for an answer"))
  }

  @Test func rowsPaddedOnEitherSideAreReadWithoutTheirPadding() throws {
    let rows = [[0, 0, 1, 5, 9], [1, 7, 8, 0, 0], [0, 1, 7, 8, 0], [1, 4, 5, 6, 7]]
    let mask = [[0, 0, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [1, 1, 1, 1, 1]]
    let prompts = try TokenPrompt.unpadded(rows, mask: mask)
    #expect(prompts.map(\.tokens) == [[1, 5, 9], [1, 7, 8], [1, 7, 8], [1, 4, 5, 6, 7]])
    var settings = GenerationSettings()
    settings.maxNewTokens = 6
    for name in ["llama-grouped", "gpt2", "t5-v1_1"] {
      let model = try TinyModel.load(name)
      var together = try Decoding(model, prompts, settings: settings)
      let texts = try together.finish().map(\.tokens)
      for (prompt, text) in zip(prompts, texts) {
        var alone = try Decoding(model, [prompt], settings: settings)
        #expect(try alone.finish()[0].tokens == text)
      }
    }
    for wrong in [[[1, 0, 1]], [[1, 1]], [[1, 2, 1]], []] {
      let error = #expect(throws: GenerationError.self) { try TokenPrompt.unpadded([[1, 5, 9]], mask: wrong) }
      #expect("\(try #require(error))".contains("mask"))
    }
  }

  @Test func aTokenBeyondTheVocabularyIsNamed() throws {
    let text = try problem("llama-grouped", [1, 101])
    #expect(text.contains("token id 101"))
    #expect(text.contains("below 101"))
    #expect(try problem("t5-v1_0", [-1]).contains("token id -1"))
  }

  @Test func withoutAnyBoundTheLengthMustBeGiven() throws {
    #expect(try problem("t5-v1_0", [5, 1], maxNewTokens: nil).contains("give max-new-tokens"))
  }

  @Test func anEmptySourceIsRefused() throws {
    #expect(try problem("t5-v1_0", []).contains("prompt 2 is empty"))
  }

  @Test func theCheckpointsOwnLengthThatThePromptFillsIsTold() throws {
    var configuration = GenerationConfiguration()
    configuration.maxLength = 20
    let prompt = Array(repeating: 5, count: 30)
    let text = try problem("llama-grouped", prompt, maxNewTokens: nil, configuration: configuration)
    #expect(text.contains("30 tokens"))
    #expect(text.contains("allows 20"))
  }

  @Test func anEmptyPromptBeginsWithTheStartToken() throws {
    let model = try TinyModel.load("llama-scaled")
    var settings = GenerationSettings()
    settings.maxNewTokens = 8
    var empty = try Decoding(model, [TokenPrompt([])], settings: settings)
    var start = try Decoding(model, [TokenPrompt([1])], settings: settings)
    #expect(try empty.finish()[0].tokens == start.finish()[0].tokens)
  }

  @Test func theContextBoundsTheLengthAndSaysSo() throws {
    let model = try TinyModel.load("llama-grouped")
    let prompt = TokenPrompt([1] + Array(repeating: 30, count: 49))
    var decoding = try Decoding(model, [prompt], settings: GenerationSettings(), endTokens: [])
    #expect(decoding.limits[0].description == "14 new tokens (context of 64 tokens − prompt of 50)")
    let sequence = try decoding.finish()[0]
    #expect(sequence.tokens.count == 14)
    #expect(sequence.finish == .contextFull)

    var settings = GenerationSettings()
    settings.maxNewTokens = 3
    var short = try Decoding(model, [prompt], settings: settings, endTokens: [])
    #expect(try short.finish()[0].finish == .length)
  }

  @Test func stopStringsNeedATokenizer() throws {
    var settings = GenerationSettings()
    settings.maxNewTokens = 3
    settings.stop = ["x"]
    let model = try TinyModel.load("llama-grouped")
    #expect(throws: GenerationError.self) { try Decoding(model, [TokenPrompt([1])], settings: settings) }
  }

  @Test func noPromptsGiveNothing() throws {
    var decoding = try Decoding(try TinyModel.load("llama-grouped"), [], settings: GenerationSettings())
    #expect(try decoding.next() == nil)
  }

  @Test func tokensComeOneByOneWithTheirLogProbabilities() throws {
    let golden = try #require(GoldenCase.all("greedy").first { $0.model == "llama-scaled" })
    var decoding = try Decoding(
      try TinyModel.load(golden.model), golden.prompts, settings: try golden.settings, endTokens: golden.endTokens)
    var tokens: [Int: [Int]] = [:]
    var steps = 0
    while let step = try decoding.next() {
      steps += 1
      for token in step {
        tokens[token.prompt, default: []].append(token.token)
        #expect(token.logProbability == token.chosenLogProbability)
        // A finished row has left: no token follows its last.
        #expect(decoding.results[token.prompt].isEmpty == (token.finish == nil))
      }
    }
    #expect(steps == decoding.results.map { $0[0].tokens.count }.max())
    for prompt in golden.prompts.indices { #expect(tokens[prompt] == decoding.results[prompt][0].tokens) }
  }

  @Test func logitsThatAreNoNumbersEndTheWork() throws {
    let model = try TinyModel.load("llama-grouped")
    model.head.weight.tensor.fill(.nan)
    var settings = GenerationSettings()
    settings.maxNewTokens = 3
    for beams in [1, 2] {
      settings.beams = beams
      var decoding = try Decoding(model, [TokenPrompt([1])], settings: settings)
      let error = #expect(throws: GenerationError.self) { try decoding.finish() }
      #expect(try #require(error).description.contains("no number for token 1"))
    }
  }

  @Test func aTextThatHasTakenItsTimeEnds() throws {
    let model = try TinyModel.load("llama-scaled")
    var settings = GenerationSettings()
    settings.maxNewTokens = 40
    settings.maxTime = 1e-9
    for beams in [1, 2] {
      settings.beams = beams
      var decoding = try Decoding(model, [TokenPrompt([1, 20]), TokenPrompt([1])], settings: settings, endTokens: [])
      for sequence in try decoding.finish() {
        #expect(sequence.tokens.count == 1)
        #expect(sequence.finish == .time)
      }
    }
  }

  @Test func theLikeliestTokensAreToldBesideTheChosenOne() throws {
    let model = try TinyModel.load("llama-scaled")
    var settings = GenerationSettings()
    settings.maxNewTokens = 6
    var silent = try Decoding(model, [TokenPrompt([1, 20])], settings: settings, endTokens: [])
    #expect(try silent.finish()[0].alternatives.isEmpty)
    settings.alternatives = 3
    for sample in [false, true] {
      settings.sample = sample
      var decoding = try Decoding(model, [TokenPrompt([1, 20])], settings: settings, endTokens: [])
      let sequence = try decoding.finish()[0]
      #expect(sequence.alternatives.count == 6)
      for (place, found) in sequence.alternatives.enumerated() {
        #expect(found.count == 3)
        #expect(found.map(\.logProbability) == found.map(\.logProbability).sorted(by: >))
        if let same = found.first(where: { $0.token == sequence.tokens[place] }) {
          #expect(abs(same.logProbability - sequence.logProbabilities[place]) < 1e-4)
        } else {
          #expect(sample)
          #expect(sequence.logProbabilities[place] <= found[2].logProbability)
        }
        if !sample { #expect(found[0].token == sequence.tokens[place]) }
      }
    }
  }
}
