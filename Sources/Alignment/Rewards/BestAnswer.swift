import OrchardSettings
import OrchardTensors

/// Best-of-n sampling: of several answers to a prompt the one that a reward finds best.
///
/// It needs no training, and moves a model by log n - (n - 1)/n nats from what it was at most (Nakano and others, "WebGPT",
/// 2021; Stiennon and others 2020).
///
/// ```swift
/// let best = try BestAnswer(RewardSum([RewardSource(settings)], on: .cpu)).choose(among: answers, to: prompt)
/// print(answers[best.place], best.scores)
/// ```
public struct BestAnswer {
  private let reward: any AnswerReward

  /// What chooses by a reward.
  public init(_ reward: any AnswerReward) { self.reward = reward }

  /// The place of the best answer, the first of equally good ones, and what each is worth.
  ///
  /// - Throws: The reward's error.
  /// - Precondition: There is at least one answer.
  public func choose(among answers: [String], to prompt: String) throws -> (place: Int, scores: [Double]) {
    precondition(!answers.isEmpty, "the best of no answers")
    let scores = try reward.scores(answers.map { AnsweredPrompt(prompt: prompt, answer: $0) })
    return (scores.indices.max { (scores[$0], $1) < (scores[$1], $0) } ?? 0, scores)
  }
}
