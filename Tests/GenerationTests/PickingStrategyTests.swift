import Foundation
import OrchardGeneration
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

@Suite struct PickingStrategyTests {
  @Test("Greedy decoding equals transformers token for token", arguments: GoldenCase.all("greedy"))
  func greedy(golden: GoldenCase) throws {
    var decoding = try Decoding(
      try TinyModel.load(golden.model), golden.prompts, settings: try golden.settings, endTokens: golden.endTokens)
    let sequences = try decoding.finish()
    #expect(sequences.map(\.tokens) == GoldenCase.integers(golden.json["tokens"]))
    let expected = GoldenCase.floats(golden.json["log_probabilities"])
    for (sequence, expected) in zip(sequences, expected) {
      #expect(zip(sequence.logProbabilities, expected).allSatisfy { abs(Double($0) - $1) < 1e-3 })
      let isEnd = golden.endTokens.contains(sequence.tokens.last ?? -1)
      #expect(sequence.finish == (isEnd ? .endToken : .length))
    }
  }

  @Test func goldensAreThere() {
    #expect(GoldenCase.all("greedy").count == 16)
    #expect(GoldenCase.all("beams").count == 144)
    #expect(GoldenCase.all("steps").count == 120)
    #expect(GoldenCase.all("groups").count == 132)
    #expect(GoldenCase.all("phrases").count == 112)
  }

  @Test("Logit steps give transformers' texts", arguments: GoldenCase.all("steps"))
  func steps(golden: GoldenCase) throws {
    let settings = try golden.settings
    var decoding = try Decoding(
      try TinyModel.load(golden.model), golden.prompts, settings: settings, endTokens: golden.endTokens)
    _ = try decoding.finish()
    let tokens = decoding.results.map { $0.map(\.tokens) }
    if settings.beams == 1 {
      #expect(tokens.map { $0[0] } == GoldenCase.integers(golden.json["tokens"]))
    } else {
      let expected = golden.json["tokens"]?.array?.map { GoldenCase.integers($0) } ?? []
      for (tokens, expected) in zip(tokens, expected) {
        // What is ruled out altogether fills up transformers' list of beams; here it is no text.
        #expect(tokens == Array(expected.prefix(tokens.count)))
        #expect(!tokens.isEmpty)
      }
    }
  }

  // 4,000 first tokens are drawn and their counts compared with the distribution that they were drawn from, which
  // LogitStepTests holds against transformers. The bound is the chi-squared statistic's mean and 3.1 deviations.
  @Test(
    "Samples follow the filtered distribution", arguments: [[:], ["temperature": 0.7, "top-k": 8], ["top-p": 0.8]])
  func samples(steps: [String: Double]) throws {
    let model = try TinyModel.load("llama-scaled")
    var settings = GenerationSettings()
    settings.sample = true
    settings.maxNewTokens = 1
    for (name, value) in steps { settings[step: name] = value }
    let draws = 4000
    let prompts = (0..<draws).map { TokenPrompt([1, 20, 7], sample: $0) }
    var decoding = try Decoding(model, prompts, settings: settings, endTokens: [])
    let sequences = try decoding.finish()

    var counts: [Int: Int] = [:]
    var probabilities: [Int: Double] = [:]
    for sequence in sequences {
      counts[sequence.tokens[0], default: 0] += 1
      probabilities[sequence.tokens[0]] = exp(Double(sequence.chosenLogProbabilities[0]))
    }
    // Tokens expected less than five times are counted together, those never drawn among them.
    var statistic = 0.0
    var cells = 0
    var (rareCount, rareProbability) = (0, 1.0)
    for (token, probability) in probabilities {
      let expected = probability * Double(draws)
      guard expected >= 5 else {
        rareCount += counts[token] ?? 0
        continue
      }
      rareProbability -= probability
      statistic += pow(Double(counts[token] ?? 0) - expected, 2) / expected
      cells += 1
    }
    if rareProbability > 1e-3 {
      let expected = rareProbability * Double(draws)
      statistic += pow(Double(rareCount) - expected, 2) / expected
      cells += 1
    }
    let freedom = Double(cells - 1)
    #expect(cells > 4)
    #expect(statistic < freedom + 3.1 * (2 * freedom).squareRoot())
    #expect(rareProbability > -1e-4)
  }

  @Test("A row's text does not depend on the batch", arguments: TinyModel.names)
  func sameSeedSameText(name: String) throws {
    let model = try TinyModel.load(name)
    var settings = GenerationSettings()
    settings.sample = true
    settings.maxNewTokens = 15
    settings.seed = 11
    settings[step: "temperature"] = 1.3
    let prompts = [[1, 9, 30, 4], [1], [1, 60, 61, 62, 63, 64, 65, 7], [1, 9, 30, 4, 8]].map { TokenPrompt($0) }
    var together = try Decoding(model, prompts, settings: settings)
    let batch = try together.finish()
    for (index, prompt) in prompts.enumerated() {
      var alone = try Decoding(model, [prompt], settings: settings)
      #expect(try alone.finish()[0].tokens == batch[index].tokens)
    }
    var reversed = try Decoding(model, prompts.reversed(), settings: settings)
    #expect(try reversed.finish().map(\.tokens) == batch.map(\.tokens).reversed())
    settings.seed = 12
    var other = try Decoding(model, prompts, settings: settings)
    #expect(try other.finish().map(\.tokens) != batch.map(\.tokens))
  }

  @Test func samplesOfOnePromptDiffer() throws {
    var settings = GenerationSettings()
    settings.sample = true
    settings.maxNewTokens = 12
    let prompts = (0..<3).map { TokenPrompt([1, 5, 6], sample: $0) }
    var decoding = try Decoding(try TinyModel.load("llama-scaled"), prompts, settings: settings)
    #expect(Set(try decoding.finish().map(\.tokens)).count == 3)
  }

  @Test func aPromptGetsSeveralTexts() throws {
    let model = try TinyModel.load("llama-scaled")
    var settings = GenerationSettings()
    settings.sample = true
    settings.maxNewTokens = 10
    let prompts = [[1, 5, 6], [1, 9, 30, 4], [1, 5, 6]].enumerated().map { TokenPrompt($1, sample: $0 == 2 ? 1 : 0) }
    var one = try Decoding(model, prompts, settings: settings)
    _ = try one.finish()
    settings.returnSequences = 3
    var three = try Decoding(model, prompts, settings: settings)
    var streamed: [[Int: [Int]]] = [[:], [:], [:]]
    while let tokens = try three.next() {
      for token in tokens { streamed[token.prompt][token.sequence, default: []].append(token.token) }
    }
    #expect(three.results.map(\.count) == [3, 3, 3])
    #expect(three.results[0][0].tokens == one.results[0][0].tokens)
    #expect(Set((three.results[0] + three.results[2]).map(\.tokens)).count == 6)
    for (prompt, sequences) in three.results.enumerated() {
      #expect(sequences.indices.map { streamed[prompt][$0] } == sequences.map(\.tokens))
      var alone = try Decoding(model, [prompts[prompt]], settings: settings)
      _ = try alone.finish()
      #expect(alone.results[0].map(\.tokens) == sequences.map(\.tokens))
    }
  }

  @Test func equalPromptsAreReadOnceAndAnsweredEach() throws {
    for name in ["t5-v1_0", "llama-grouped"] {
      let model = try TinyModel.load(name)
      var settings = GenerationSettings()
      settings.maxNewTokens = 8
      for beams in [1, 2] {
        settings.beams = beams
        var several = try Decoding(
          model, [[1, 7, 9, 1], [1, 8, 1], [1, 7, 9, 1]].map { TokenPrompt($0) }, settings: settings)
        let texts = try several.finish().map(\.tokens)
        var alone = try Decoding(model, [TokenPrompt([1, 8, 1])], settings: settings)
        #expect(texts[0] == texts[2])
        #expect(try alone.finish()[0].tokens == texts[1])
      }
    }
  }

  @Test func whereNothingIsLeftTheSettingsAreNamed() throws {
    for beams in [1, 2] {
      var settings = GenerationSettings()
      settings.maxNewTokens = 3
      settings.beams = beams
      settings[value: "suppress-tokens"] = Array(0..<113)
      var decoding = try Decoding(try TinyModel.load("llama-scaled"), [TokenPrompt([1, 5])], settings: settings)
      let error = #expect(throws: GenerationError.self) { try decoding.finish() }
      #expect(try #require(error).description.contains("no token is left for place 1 of prompt 1"))
    }
  }

  @Test func brokenNumbersCanBeReplaced() throws {
    let model = try TinyModel.load("llama-grouped")
    model.head.weight.tensor.fill(.nan)
    for beams in [1, 2] {
      var settings = GenerationSettings()
      settings.maxNewTokens = 3
      settings.beams = beams
      settings[value: "remove-invalid-values"] = true
      var decoding = try Decoding(model, [TokenPrompt([1])], settings: settings)
      let sequence = try decoding.finish()[0]
      #expect(sequence.tokens.count == 3)
      // Zeros: even logits where one token is picked, and certain ones where beams add log-probabilities.
      #expect(sequence.logProbabilities.allSatisfy { abs($0 + (beams == 1 ? log(101) : 0)) < 1e-4 })
    }
  }

  @Test func theFilesStartTokenGoesBeforeTheModels() throws {
    var configuration = GenerationConfiguration()
    configuration.decoderStartToken = 33
    let model = try TinyModel.load("t5-v1_0")
    var settings = GenerationSettings()
    settings.maxNewTokens = 6
    var other = try Decoding(model, [TokenPrompt([5, 6, 1])], settings: settings, configuration: configuration)
    var own = try Decoding(model, [TokenPrompt([5, 6, 1])], settings: settings)
    #expect(try other.finish()[0].tokens != own.finish()[0].tokens)
    configuration.decoderStartToken = 0
    var same = try Decoding(model, [TokenPrompt([5, 6, 1])], settings: settings, configuration: configuration)
    #expect(try same.finish()[0].tokens == own.results[0][0].tokens)
    configuration.decoderStartToken = 99
    let error = #expect(throws: GenerationError.self) {
      try Decoding(model, [TokenPrompt([5, 1])], settings: settings, configuration: configuration)
    }
    #expect(try #require(error).description.contains("the token id 99 (decoder_start_token_id)"))
  }

  @Test func theChosenDistributionIsToldBesideTheModelsOwn() throws {
    var settings = GenerationSettings()
    settings.sample = true
    settings.maxNewTokens = 5
    settings[step: "top-k"] = 1
    var decoding = try Decoding(try TinyModel.load("llama-scaled"), [TokenPrompt([1, 5])], settings: settings)
    let sequence = try decoding.finish()[0]
    #expect(sequence.chosenLogProbabilities.allSatisfy { abs($0) < 1e-6 })
    #expect(sequence.logProbabilities.allSatisfy { $0 < -0.01 })
  }
}
