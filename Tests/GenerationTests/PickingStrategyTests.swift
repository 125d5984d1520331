import Foundation
import OrchardGeneration
import OrchardJSON
import OrchardModels
import TestSupport
import Testing

@Suite struct PickingStrategyTests {
  @Test("Greedy decoding equals transformers token for token", arguments: GoldenCase.all("greedy"))
  func greedy(golden: GoldenCase) throws {
    var decoding = try Decoding(
      try TinyModel.load(golden.model), golden.prompts, settings: golden.settings, endTokens: golden.endTokens)
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
