/// How much the divergence from the reference costs, step by step.
public enum DivergenceControl: Sendable, Equatable {
  /// Always the same.
  case fixed
  /// The price follows the divergence that is aimed at.
  ///
  /// Ziegler and others, "Fine-tuning language models from human preferences", 2019, section 2.2: it changes by at most a
  /// fifth for every `horizon` answers.
  case adaptive(target: Double, horizon: Double)

  /// The price after a step with `answers` answers whose mean divergence was `divergence`.
  public func price(_ price: Double, after divergence: Double, answers: Int) -> Double {
    guard case .adaptive(let target, let horizon) = self else { return price }
    let error = min(max(divergence / target - 1, -0.2), 0.2)
    return price * (1 + error * Double(answers) / horizon)
  }
}
