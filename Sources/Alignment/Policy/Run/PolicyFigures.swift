import OrchardDatasets
import OrchardTraining

/// What is watched of a policy while it learns: whether it earns more, and by what.
enum PolicyFigures {
  /// The names, in the order of `of`.
  static let names = [
    "reward", "reward_spread", "divergence", "price", "answer_tokens", "unfinished", "distinct_pairs", "repeated",
    "sampling_mismatch", "policy_loss", "value_loss", "ratio", "clipped", "update_divergence", "value_error",
  ]

  /// What can be told of answers alone: the first nine.
  ///
  /// `mismatch` is how far the log-probabilities of drawing are from those of the pass that is learned from, in nats a
  /// token: where it is not near 0, weights or numbers differ between the two, and nothing that is learned can be trusted.
  static func of(
    _ answers: Rollouts.Answers, divergences: [Double], price: Double, mismatch: [Double]
  ) -> [FigureSum] {
    let count = Double(answers.scores.count)
    let mean = answers.scores.reduce(0, +) / max(1, count)
    let spread = (answers.scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count)).squareRoot()
    let tokens = answers.examples.map { Array($0.target[$0.supervised]) }
    return [
      FigureSum(answers.scores), FigureSum([spread]), FigureSum(divergences), FigureSum([price]),
      FigureSum(tokens.map { Double($0.count) }), FigureSum(answers.isFinished.map { $0 ? 0 : 1 }),
      FigureSum([distinctPairs(tokens)]), FigureSum(tokens.map(repeated)), FigureSum(mismatch),
    ]
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
}
