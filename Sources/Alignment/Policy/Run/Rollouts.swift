import OrchardDatasets
import OrchardGeneration
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// Has a model answer prompts, and finds out what the answers are worth.
struct Rollouts {
  let model: any LanguageModel
  let tokenizer: Tokenizer
  let reward: any AnswerReward
  /// Most new tokens of an answer.
  let newTokens: Int
  let seed: Int

  /// Answers to prompts with what they are worth.
  struct Answers {
    /// Prompt and answer of each, as examples of which the answer is learned.
    var examples: [RenderedExample]
    /// What each is worth.
    var scores: [Double]
    /// Whether each has its end token.
    var isFinished: [Bool]
    /// The log-probability of each token in the distribution that it was drawn from, the model's own.
    var logProbabilities: [[Float]]
  }

  /// Draws an answer to the prompt of each row from the model's own distribution; `draw` tells steps apart.
  ///
  /// - Throws: The errors of generation and of the reward.
  func answers(to batches: [SequenceBatch], draw: Int) throws -> Answers {
    let prompts = batches.flatMap { batch in (0..<batch.count).map(batch.prompt) }
    var settings = GenerationSettings()
    settings.maxNewTokens = newTokens
    settings.sample = true
    settings.seed = (seed &* 1_000_003 &+ draw) & .max
    var decoding = try Decoding(
      model, prompts.enumerated().map { TokenPrompt($1.tokens.map(Int.init), sample: $0) }, settings: settings)
    let sequences = try decoding.finish()
    let texts = zip(prompts, sequences).map { prompt, sequence in
      AnsweredPrompt(
        prompt: tokenizer.decode(prompt.tokens.map(Int.init), skipSpecialTokens: true),
        answer: tokenizer.decode(sequence.tokens, skipSpecialTokens: true))
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
      examples: examples, scores: try reward.scores(texts),
      isFinished: sequences.map { $0.finish == .endToken }, logProbabilities: sequences.map(\.chosenLogProbabilities))
  }
}
