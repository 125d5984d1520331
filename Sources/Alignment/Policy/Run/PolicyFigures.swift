import OrchardDatasets
import OrchardEvaluation
import OrchardTensors
import OrchardTraining

/// What is watched of a policy while it learns: whether it earns more, and by what.
enum PolicyFigures {
  /// The names, in the order of `of`.
  static let names = [
    "reward", "original_reward", "watched_reward", "original_watched_reward", "reward_spread", "divergence", "price",
    "answer_tokens", "unfinished", "distinct_pairs", "repeated", "sampling_mismatch", "gain_low", "gain_high",
    "watched_gain_low", "watched_gain_high",
  ]

  /// What can be told of answers alone.
  ///
  /// `mismatch` is how far the log-probabilities of drawing are from those of the pass that is learned from, in nats a
  /// token: where it is not near 0, weights or numbers differ between the two, and nothing that is learned can be trusted.
  /// `original` has the original's answers to the same prompts, where they were drawn: then the bounds of what is gained
  /// over them tell whether there is a change at all.
  static func of(
    _ answers: Rollouts.Answers, divergences: [Double], price: Double, mismatch: [Double],
    original: Rollouts.Answers? = nil
  ) -> [FigureSum] {
    let count = Double(answers.scores.count)
    let mean = answers.scores.reduce(0, +) / max(1, count)
    let spread = (answers.scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count)).squareRoot()
    let tokens = answers.examples.map { Array($0.target[$0.supervised]) }
    return [
      FigureSum(answers.scores), FigureSum(original?.scores ?? []), FigureSum(answers.watchedScores),
      FigureSum(original?.watchedScores ?? []), FigureSum([spread]), FigureSum(divergences), FigureSum([price]),
      FigureSum(tokens.map { Double($0.count) }), FigureSum(answers.isFinished.map { $0 ? 0 : 1 }),
      FigureSum([distinctPairs(tokens)]), FigureSum(tokens.map(repeated)), FigureSum(mismatch),
    ] + gain(answers.scores, over: original?.scores) + gain(answers.watchedScores, over: original?.watchedScores)
  }

  /// The bounds of the mean gain over the original, prompt by prompt, from a paired bootstrap.
  private static func gain(_ scores: [Double], over original: [Double]?) -> [FigureSum] {
    guard let original, !scores.isEmpty, scores.count == original.count else { return [FigureSum([]), FigureSum([])] }
    let interval = Bootstrap().interval(ofMean: zip(scores, original).map { $0 - $1 })
    return [FigureSum([interval.low]), FigureSum([interval.high])]
  }

  /// The different pairs of neighbouring tokens over all of them (Li and others, "A diversity-promoting objective function",
  /// 2016): it falls when all answers become alike.
  static func distinctPairs(_ answers: [[Int32]]) -> Double {
    let pairs = answers.flatMap { zip($0, $0.dropFirst()).map { [$0, $1] } }
    return pairs.isEmpty ? 1 : Double(Set(pairs).count) / Double(pairs.count)
  }

  /// The share of an answer's pairs of neighbouring tokens that stood in it before.
  static func repeated(_ answer: [Int32]) -> Double {
    let pairs = zip(answer, answer.dropFirst()).map { [$0, $1] }
    return pairs.isEmpty ? 0 : 1 - Double(Set(pairs).count) / Double(pairs.count)
  }

  /// How far each answer's log-probabilities are from those of drawing, in nats a token.
  static func mismatch(_ tokens: TokenLogProbabilities, _ answers: Rollouts.Answers) -> [Double] {
    let (values, mask, width) = (tokens.values.floats, tokens.mask.floats, tokens.values.size(1))
    return answers.logProbabilities.enumerated().compactMap { row, drawn in
      let own = (row * width..<(row + 1) * width).filter { mask[$0] == 1 }.map { values[$0] }
      guard !own.isEmpty else { return nil }
      return Double(zip(own, drawn).reduce(0) { $0 + abs($1.0 - $1.1) }) / Double(own.count)
    }
  }

  /// Answers beside the original's to the same prompts, those first that have gone furthest from it.
  static func samples(
    _ answers: Rollouts.Answers, before: Rollouts.Answers, divergences: [Double]
  ) -> [EvaluationReport.Sample] {
    divergences.indices.sorted { (divergences[$0], $1) > (divergences[$1], $0) }.map { place in
      EvaluationReport.Sample(
        prompt: answers.texts[place].prompt, reference: "", answer: answers.texts[place].answer,
        original: before.texts[place].answer,
        figures: [
          NamedFigure(name: "reward", value: answers.scores[place]),
          NamedFigure(name: "original_reward", value: before.scores[place]),
          NamedFigure(name: "divergence", value: divergences[place]),
        ])
    }
  }
}
