import OrchardDatasets
import OrchardGeneration
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// Has a model answer prompts, and finds out what the answers are worth.
struct Rollouts {
  let tokenizer: Tokenizer
  /// What is learned from.
  let reward: any AnswerReward
  /// What is told beside it.
  let watched: (any AnswerReward)?
  /// Whether rows have what the data has as the answer.
  let hasReferences: Bool
  /// Most new tokens of an answer.
  let newTokens: Int
  let seed: Int

  /// Answers to prompts with what they are worth.
  struct Answers {
    /// Prompt and answer of each, as examples of which the answer is learned.
    var examples: [RenderedExample]
    /// The same as texts.
    var texts: [AnsweredPrompt]
    /// What each is worth.
    var scores: [Double]
    /// What each is worth by what is told alone; empty where there is none.
    var watchedScores: [Double]
    /// Whether each has its end token.
    var isFinished: [Bool]
    /// The log-probability of each token in the distribution that it was drawn from, the model's own.
    var logProbabilities: [[Float]]
  }

  /// Draws answers to the prompt of each row from the model's own distribution; `draw` tells steps apart.
  ///
  /// The answers to one prompt stand together.
  ///
  /// - Throws: The errors of generation and of the reward.
  func answers(
    of model: any LanguageModel, to batches: [SequenceBatch], each count: Int, draw: Int
  ) throws -> Answers {
    let rows = batches.flatMap { batch in (0..<batch.count).map { (prompt: batch.prompt($0), answer: batch.answer($0)) }
    }
    .flatMap { repeatElement($0, count: count) }
    let prompts = rows.map(\.prompt)
    var settings = GenerationSettings()
    settings.maxNewTokens = newTokens
    settings.sample = true
    settings.seed = (seed &* 1_000_003 &+ draw) & .max
    var decoding = try Decoding(
      model, prompts.enumerated().map { TokenPrompt($1.tokens.map(Int.init), sample: $0) }, settings: settings)
    let sequences = try decoding.finish()
    func text(_ tokens: some Sequence<Int>) -> String { tokenizer.decode(Array(tokens), skipSpecialTokens: true) }
    let texts = zip(rows, sequences).map { row, sequence in
      AnsweredPrompt(
        prompt: text(row.prompt.tokens.map(Int.init)), answer: text(sequence.tokens),
        reference: hasReferences ? text(row.answer.map(Int.init)) : nil)
    }
    let examples = zip(prompts, sequences).enumerated().map { number, pair in
      let (prompt, sequence) = pair
      let answer = sequence.tokens.map { Int32($0) }
      let target = prompt.isSource ? answer : prompt.tokens + answer
      return RenderedExample(
        row: number, source: prompt.isSource ? prompt.tokens : [], target: target,
        supervised: target.count - answer.count..<target.count, endIsSupervised: sequence.finish == .endToken)
    }
    return Answers(
      examples: examples, texts: texts, scores: try reward.scores(texts),
      watchedScores: try watched?.scores(texts) ?? [], isFinished: sequences.map { $0.finish == .endToken },
      logProbabilities: sequences.map(\.chosenLogProbabilities))
  }
}
