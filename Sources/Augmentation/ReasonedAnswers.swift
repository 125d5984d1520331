import OrchardDatasets
import OrchardGeneration
import OrchardJSON

/// A model's reasoned answers to questions, with all that led to them.
public struct ReasonedAnswers: Sendable {
  /// One chain of thought and its answer.
  public struct Chain: Sendable {
    /// What the model wrote first: its reasoning, or reasoning and answer in one.
    public var text: String
    /// What it wrote when it was asked for the bare answer; nil where it was not asked.
    public var answerText: String?
    /// The answer that the rule read; nil where it found none.
    public var answer: String?
    /// The log-probability of all that the model wrote, in nats.
    public var logProbability: Double
    /// Why the first text ended.
    public var finish: FinishReason
    /// The tokens that the model wrote.
    public var tokenCount: Int
  }

  /// One question's chains and what they agree on.
  public struct Answer: Sendable {
    /// What the model read first.
    public let prompt: String
    /// The chains of thought.
    public let chains: [Chain]
    /// The chains' votes.
    public let consistency: SelfConsistency

    /// The answer that most chains gave; nil where none was read.
    public var answer: String? { consistency.winner }
  }

  /// The answers in the order of the questions.
  public let answers: [Answer]
  /// How many reasonings were cut at their end so that the second prompt fitted the model's context.
  public let cutReasonings: Int

  /// Asks a model, each question as often as there are votes.
  ///
  /// - Parameters:
  ///   - generator: The model with its tokenizer.
  ///   - questions: The prompts, checked by `PromptRoom`.
  ///   - prompts: How they were composed, and how answers are read.
  ///   - generation: How reasonings are generated. Generation stops where a next example would begin, unless stop
  ///     strings are given. Bare answers are always the likeliest.
  ///   - batchSize: Chains that are generated side by side; they do not depend on it.
  ///   - report: Called with the number of generated texts so far and of all; may throw to end the work.
  /// - Throws: `AugmentationError` for several votes without sampling; `GenerationError` for a prompt that does not fit.
  public init(
    of generator: TextGenerator, to questions: [String], prompts: ReasoningPrompts, generation: GenerationSettings,
    batchSize: Int = 8, report: (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    let votes = prompts.settings.votes
    try Self.check(prompts, generation)
    var settings = generation
    if settings.stop.isEmpty, let next = prompts.composer.nextExample { settings.stop = [next] }
    let texts = questions.flatMap { Array(repeating: $0, count: votes) }
    let total = texts.count * (prompts.asksTwice ? 2 : 1)
    // A question is read once, whatever the number of its chains.
    settings.returnSequences = votes
    let groups = try generator.generateAll(
      generator.prompts(questions, settings: settings), settings: settings, batchSize: max(1, batchSize / votes)
    ) { try report($0 * votes, total) }
    var chains = groups.flatMap { $0 }.map {
      Chain(
        text: $0.text, answer: nil, logProbability: $0.logProbabilities.reduce(0) { $0 + Double($1) },
        finish: $0.finish, tokenCount: $0.tokens.count)
    }
    var cut = 0
    if prompts.asksTwice {
      var brief = GenerationSettings()
      brief.maxNewTokens = prompts.settings.answerTokens
      brief.stop = settings.stop
      let room = PromptRoom(generator)
      let second = zip(texts, chains).map { text, chain in
        let fitted = room.answerPrompt(text, reasoning: chain.text, prompts: prompts)
        cut += fitted.isCut ? 1 : 0
        return fitted.text
      }
      let answers = try generator.generate(second, settings: brief, batchSize: batchSize) {
        try report(texts.count + $0, total)
      }
      for (index, sequence) in answers.enumerated() {
        chains[index].answerText = sequence.text
        chains[index].logProbability += sequence.logProbabilities.reduce(0) { $0 + Double($1) }
        chains[index].tokenCount += sequence.tokens.count
      }
    }
    for index in chains.indices {
      chains[index].answer = prompts.read(chains[index].answerText ?? chains[index].text)
    }
    answers = questions.indices.map { index in
      let own = Array(chains[index * votes..<(index + 1) * votes])
      return Answer(
        prompt: questions[index], chains: own,
        consistency: SelfConsistency(own.map { ($0.answer, $0.logProbability) }, rule: prompts.rule))
    }
    cutReasonings = cut
  }

  /// Refuses votes that could not differ.
  ///
  /// - Throws: `AugmentationError` for several votes without sampling.
  public static func check(_ prompts: ReasoningPrompts, _ generation: GenerationSettings) throws {
    let votes = prompts.settings.votes
    guard votes > 1, !generation.sample else { return }
    throw AugmentationError(
      "\(votes) votes without chance would all be the same: draw the chains of thought (sample, temperature)")
  }
}

extension ReasonedAnswers.Answer {
  /// The answer as a JSON object.
  public var json: JSONObject {
    JSONObject([
      ("prompt", .string(prompt)), ("answer", answer.map(JSONValue.string) ?? .null),
      (
        "votes",
        .array(
          consistency.votes.map { vote in
            [
              "answer": .string(vote.answer), "votes": .integer(vote.count),
              "log_probability": .number(vote.logProbability),
            ]
          })
      ),
      ("unread", .integer(consistency.unread)), ("chains", .array(chains.map(\.json))),
    ])
  }
}

extension ReasonedAnswers.Chain {
  /// The chain as a JSON object.
  public var json: JSONValue {
    [
      "text": .string(text), "answer_text": answerText.map(JSONValue.string) ?? .null,
      "answer": answer.map(JSONValue.string) ?? .null, "log_probability": .number(logProbability),
      "finish_reason": .string(finish.rawValue), "tokens": .integer(tokenCount),
    ]
  }
}
