import Foundation
import OrchardAugmentation
import OrchardDatasets
import OrchardGeneration
import OrchardJSON
import TestSupport
import Testing

@Suite struct ReasonedAnswersTests {
  private let generator: TextGenerator

  init() throws { generator = try TextGenerator(folder: Goldens.url("models/llama-scaled")) }

  private func prompts(
    _ kind: ChainOfThought, shots: Int = 0, change: (inout ReasoningSettings) -> Void = { _ in }
  ) throws -> ReasoningPrompts {
    var settings = ReasoningSettings()
    settings.chainOfThought = kind
    settings.answerTokens = 4
    change(&settings)
    return try ReasoningPrompts(settings, composer: PromptComposer(PromptTemplates.find("question")), shots: shots)
  }

  private var brief: GenerationSettings {
    var settings = GenerationSettings()
    settings.maxNewTokens = 6
    return settings
  }

  private func row(_ question: String) -> DataRow {
    DataRow(fields: JSONObject([("question", .string(question))]), file: "data.jsonl", line: 4)
  }

  @Test func aChainIsAskedTwice() throws {
    let prompts = try prompts(.zeroShot)
    let question = try prompts.prompt(row("the cat ?"), examples: [])
    let answers = try ReasonedAnswers(of: generator, to: [question], prompts: prompts, generation: brief)
    let chain = try #require(answers.answers.first?.chains.first)
    var settings = brief
    settings.stop = ["\n\nQ:"]
    let first = try generator.generate([question], settings: settings)[0]
    #expect(chain.text == first.text)
    settings.maxNewTokens = 4
    let second = try generator.generate(
      [prompts.answerPrompt(question, reasoning: first.text)], settings: settings)[0]
    #expect(chain.answerText == second.text)
    let sum = (first.logProbabilities + second.logProbabilities).reduce(0) { $0 + Double($1) }
    #expect(abs(chain.logProbability - sum) < 1e-4)
    #expect(chain.answer == prompts.read(second.text))
    #expect(chain.tokenCount == first.tokens.count + second.tokens.count)
  }

  @Test func votesAreDrawnAndCounted() throws {
    let prompts = try prompts(.none) {
      $0.votes = 7
      $0.answerRule = "regex:[a-z]"
    }
    var settings = brief
    settings.sample = true
    var reports: [Int] = []
    let questions = try ["the cat ?", "ann ?"].map { try prompts.prompt(row($0), examples: []) }
    let all = try ReasonedAnswers(
      of: generator, to: questions, prompts: prompts, generation: settings, batchSize: 3
    ) { done, total in
      reports.append(done)
      #expect(total == 14)
    }
    #expect(reports.last == 14)
    for answer in all.answers {
      #expect(answer.chains.count == 7)
      #expect(Set(answer.chains.map(\.text)).count > 1)
      #expect(answer.consistency.votes.reduce(answer.consistency.unread) { $0 + $1.count } == 7)
      #expect(answer.answer == answer.consistency.votes.first?.answer)
      #expect(answer.json["chains"]?.array?.count == 7)
    }
    // The same seed draws the same chains, however they are batched.
    let again = try ReasonedAnswers(
      of: generator, to: questions, prompts: prompts, generation: settings, batchSize: 16)
    #expect(again.answers.map { $0.chains.map(\.text) } == all.answers.map { $0.chains.map(\.text) })
  }

  @Test func votesNeedChance() throws {
    let prompts = try prompts(.none) { $0.votes = 3 }
    let error = #expect(throws: AugmentationError.self) {
      try ReasonedAnswers(of: generator, to: ["a"], prompts: prompts, generation: brief)
    }
    #expect(error?.description.hasPrefix("3 votes without chance would all be the same") == true)
  }

  @Test func examplesThatDoNotFitAreToldInNumbers() throws {
    let prompts = try prompts(.none, shots: 6)
    let example = DataRow(
      fields: JSONObject([("question", "the cat sat on the hill ?"), ("answer", "ann")]), file: "examples.jsonl",
      line: 1)
    let examples = Array(repeating: example, count: 6)
    let asked = row("a bird sang ?")
    let room = PromptRoom(generator)
    let text = try prompts.prompt(asked, examples: examples)
    let error = #expect(throws: AugmentationError.self) {
      try room.check(text, asked, examples: examples, prompts: prompts)
    }
    let message = try #require(error?.description)
    #expect(message.hasPrefix("data.jsonl, line 4: the prompt has \(generator.tokens(of: text).count) tokens, but"))
    #expect(message.contains("the model's context holds 64"))
    // As many as are said to fit do fit.
    let words = message.components(separatedBy: " ")
    let fitting = try #require(words.firstIndex(of: "would").flatMap { Int(words[$0 - 1]) })
    let fewer = Array(examples.prefix(fitting))
    try room.check(prompts.prompt(asked, examples: fewer), asked, examples: fewer, prompts: prompts)
    let more = Array(examples.prefix(fitting + 1))
    #expect(throws: AugmentationError.self) {
      try room.check(prompts.prompt(asked, examples: more), asked, examples: more, prompts: prompts)
    }
  }

  @Test func aReasoningThatDoesNotFitIsCut() throws {
    let prompts = try prompts(.zeroShot)
    let question = try prompts.prompt(row("the cat ?"), examples: [])
    var settings = GenerationSettings()
    settings.maxNewTokens = 60
    let found = try ReasonedAnswers(of: generator, to: [question], prompts: prompts, generation: settings)
    let whole = prompts.answerPrompt(question, reasoning: found.answers[0].chains[0].text)
    #expect(found.cutReasonings == (generator.tokens(of: whole).count + 4 > 64 ? 1 : 0))
    #expect(found.cutReasonings == 1)
  }
}
