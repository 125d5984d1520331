import Foundation
import OrchardGeneration
import OrchardJSON
import OrchardModels
import TestSupport
import Testing

@Suite struct TextScorerTests {
  static let stories = SharedData.url("weights/stories260K")

  private func scorer(_ name: String) throws -> TextScorer { try TextScorer(folder: Goldens.url("models/\(name)")) }

  private func checkTexts(_ scorer: TextScorer, _ name: String) throws {
    let pairs = try LikelihoodGolden.pairs(name, "texts")
    let scores = try scorer.score(pairs.map(\.texts), batchSize: 3)
    for (pair, score) in zip(pairs, scores) {
      let texts = pair.texts
      #expect(try scorer.tokens(of: texts.continuation, after: texts.context) == pair.continuation)
      #expect(abs(score.sum - pair.logProbabilities.reduce(0, +)) < 1e-4)
      #expect(score.isGreedy == pair.isGreedy)
    }
  }

  private func checkRolling(_ model: any LanguageModel, _ rolling: JSONValue) throws {
    let tokens = try #require(rolling["tokens"]?.array).compactMap(\.int)
    for golden in try #require(rolling["cases"]?.array) {
      let window = try RollingWindow(
        length: #require(golden["window"]?.int), stride: #require(golden["stride"]?.int))
      let windows = window.continuations(of: tokens, prefix: 1)
      #expect(windows.flatMap(\.tokens) == tokens)
      let sum = try LogLikelihood.of(windows, by: model).reduce(0) { $0 + $1.sum }
      let wanted = try #require(golden["sum"]?.double)
      #expect(abs(sum - wanted) < 1e-4 * Double(tokens.count) / 10, "\(golden.text): \(sum)")
    }
  }

  @Test("Texts are parted into tokens and scored as lm-evaluation-harness does", arguments: TinyModel.names)
  func texts(name: String) throws { try checkTexts(scorer(name), name) }

  @Test(.enabled(if: stories != nil)) func storiesAreScored() throws {
    let scorer = try TextScorer(folder: try #require(Self.stories))
    try checkTexts(scorer, "stories260K")
    let entry = try LikelihoodGolden.entry("stories260K")
    let rolling = try #require(entry["rolling"])
    try checkRolling(scorer.generator.model, rolling)
    let text = try #require(rolling["text"]?.string)
    let whole = try scorer.score(texts: [text, text])
    #expect(whole[0] == whole[1])
    #expect(whole[0].tokens == rolling["tokens"]?.array?.count)
    #expect(abs(whole[0].sum - (rolling["cases"]?.array?[0]["sum"]?.double ?? 0)) < 1e-3)
    #expect(whole[0].bytes == text.utf8.count)
  }

  @Test("Windows score every token once", arguments: ["llama-grouped", "llama-scaled"])
  func rolling(name: String) throws {
    let entry = try LikelihoodGolden.entry(name)
    try checkRolling(TinyModel.load(name), try #require(entry["rolling"]))
  }

  @Test(arguments: [1, 2, 7, 16, 17, 40], [(16, 16), (16, 5), (3, 1), (1, 1)])
  func windowsHoldAsMuchAsFits(count: Int, shape: (length: Int, stride: Int)) throws {
    let tokens = Array(100..<100 + count)
    let windows = try RollingWindow(length: shape.length, stride: shape.stride).continuations(of: tokens, prefix: 1)
    #expect(windows.flatMap(\.tokens) == tokens)
    for window in windows.dropFirst() {
      #expect(window.context.count + window.tokens.count - 1 == shape.length)
      #expect(window.tokens.count <= shape.stride)
      // The context is what stands before the scored tokens.
      #expect(window.context.last == window.tokens[0] - 1)
    }
    #expect(windows[0].context == [1])
    #expect(try RollingWindow(length: 4).continuations(of: [], prefix: 1).isEmpty)
  }

  @Test func perplexitiesAreOfTokensWordsAndBytes() throws {
    let scorer = try scorer("llama-grouped")
    let text = " the cat  sat\n"
    let score = try scorer.score(texts: [text])[0]
    // As Python's re.split counts: an empty piece before and behind.
    #expect(score.words == 5)
    #expect(score.bytes == 14)
    #expect(abs(score.wordPerplexity - exp(-score.sum / 5)) < 1e-9)
    #expect(abs(score.bitsPerByte - -score.sum / 14 / log(2.0)) < 1e-9)
    #expect(abs(score.tokenPerplexity - exp(-score.sum / Double(score.tokens))) < 1e-9)
    let both = score + score
    #expect(abs(both.tokenPerplexity - score.tokenPerplexity) < 1e-9)
  }

  @Test func choicesAreTakenByTheirSumOrForEachLetter() throws {
    let likelihoods = try scorer("llama-grouped").choose("the cat sat", among: [" on", " on the hill", " rain"])
    #expect(likelihoods.likelihoods.count == 3)
    let best = likelihoods.likelihoods.indices.max {
      likelihoods.likelihoods[$0].sum < likelihoods.likelihoods[$1].sum
    }
    #expect(likelihoods.likeliest == best)
    func choices(_ sums: [Float]) -> [LogLikelihood] {
      sums.map { LogLikelihood(tokens: [1], logProbabilities: [$0]) }
    }
    let made = ScoredChoices(["no", "certainly not"], likelihoods: choices([-3, -5]))
    #expect(made.likeliest == 0)
    #expect(made.likeliestPerLetter == 1)
    #expect(ScoredChoices(["a", "b"], likelihoods: choices([-1, -1])).likeliest == 0)
  }

  @Test func whatCannotBeScoredIsTold() throws {
    let encoder = try scorer("t5-v1_0")
    let refused = #expect(throws: GenerationError.self) { try encoder.score(texts: ["the cat"]) }
    #expect(try #require(refused).description.contains("is an encoder–decoder, which gives a text no probability"))
    let decoder = try scorer("llama-grouped")
    let window = try RollingWindow(length: 65)
    let long = #expect(throws: GenerationError.self) { try decoder.score(texts: ["the cat"], window: window) }
    #expect(try #require(long).description == "a window of 65 tokens is longer than the model's context of 64")
    #expect(throws: GenerationError.self) { try RollingWindow(length: 8, stride: 9) }
    #expect(throws: GenerationError.self) { try RollingWindow(length: 8, stride: 0) }
    let empty = #expect(throws: GenerationError.self) { try decoder.score("the cat", "") }
    #expect(try #require(empty).description.contains("continuation 1 has no tokens of its own"))
  }
}
