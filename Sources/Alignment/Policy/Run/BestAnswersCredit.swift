import OrchardTensors

/// Rejection sampling's credit: the best answers to each prompt are learned as if people had written them, the others are
/// thrown away.
///
/// Dong and others, "RAFT: reward ranked fine-tuning", 2023; Touvron and others, "Llama 2", 2023, section 3.2.3.
final class BestAnswersCredit: AnswerCredit {
  private let kept: Int
  private let least: Double?
  let price = 0.0

  init(kept: Int, least: Double?) { (self.kept, self.least) = (kept, least) }

  var updateFigures: [String] { ["nats_a_token", "kept"] }

  func experience(_ judged: JudgedAnswers) -> Experience {
    let scores = judged.scores.floats
    let group = judged.answersPerPrompt
    var weights = [Float](repeating: 0, count: scores.count)
    for first in stride(from: 0, to: scores.count, by: group) {
      let best = (first..<first + group).sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(kept)
      for place in best where least.map({ Double(scores[place]) >= $0 }) ?? true { weights[place] = 1 }
    }
    return Experience(
      batch: judged.batch, policy: judged.tokens.values, reference: judged.reference,
      advantages: Tensor(weights, on: judged.scores.device))
  }

  /// The mean cross-entropy of the kept answers' tokens.
  func update(_ part: Experience, _ tokens: TokenLogProbabilities) -> PolicyUpdate {
    let mask = tokens.mask * part.advantages.unsqueezed(1)
    let count = mask.sum.scalar
    let total = (tokens.values * mask).sum * (-1 / max(count, 1))
    return PolicyUpdate(
      total: total, loss: total.scalar,
      divergence: DivergenceEstimate.k3(policy: part.policy, reference: tokens.values).detached.mean(where: tokens.mask)
        .scalar,
      isGuarded: count == 0, figures: [total.scalar, part.advantages.mean.scalar])
  }
}
