import OrchardTensors

/// GRPO's and RLOO's credit: every token of an answer is as much better than expected as the answer is than the others to
/// its prompt.
final class GroupCredit: AnswerCredit {
  private let loss: GroupLoss
  private let longest: Int
  private let advantages: (JudgedAnswers) -> Tensor
  let price: Double

  /// A credit; `advantages` gives one `[P, K]` for the K answers to each of P prompts.
  init(loss: GroupLoss, price: Double, longest: Int, advantages: @escaping (JudgedAnswers) -> Tensor) {
    (self.loss, self.price, self.longest, self.advantages) = (loss, price, longest, advantages)
  }

  var updateFigures: [String] { ["policy_loss", "ratio", "clipped"] }

  func experience(_ judged: JudgedAnswers) -> Experience {
    Experience(
      batch: judged.batch, policy: judged.tokens.values, reference: judged.reference,
      advantages: advantages(judged).reshaped([-1]))
  }

  func update(_ part: Experience, _ tokens: TokenLogProbabilities) -> PolicyUpdate {
    loss(
      policy: (now: tokens.values, then: part.policy), reference: part.reference, advantages: part.advantages,
      longest: longest, mask: tokens.mask)
  }
}
