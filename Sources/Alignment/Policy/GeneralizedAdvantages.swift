import OrchardTensors

/// How much better each token was than expected: advantages, and the returns that a value head learns.
///
/// Schulman and others, "High-dimensional continuous control using generalized advantage estimation", 2016. Shapes: `B`
/// answers, `T` tokens.
public struct GeneralizedAdvantages: Sendable, Equatable {
  /// γ: what a reward is worth one token earlier.
  public var discount = 1.0
  /// λ: how far one looks beyond the next value.
  public var smoothing = 0.95
  /// Whether rewards get a variance of 1 over the batch, their mean kept.
  public var whitensRewards = false
  /// Whether advantages get a mean of 0 and a variance of 1 over the batch.
  public var whitens = true

  /// An estimation with its defaults.
  public init() {}

  /// The advantages and returns `[B, T]` of rewards and values `[B, T]`, both 0 where `mask` is.
  public func callAsFunction(rewards: Tensor, values: Tensor, mask: Tensor) -> (advantages: Tensor, returns: Tensor) {
    withoutGradients {
      let values = values * mask
      var rewards = rewards * mask
      if whitensRewards { rewards = rewards.whitened(where: mask, keepsMean: true) * mask }
      let length = rewards.size(1)
      var later = Tensor.zeros([rewards.size(0)], dtype: rewards.dtype, on: rewards.device)
      var columns: [Tensor] = []
      for place in (0..<length).reversed() {
        var difference = rewards.selected(1, place) - values.selected(1, place)
        if place + 1 < length { difference = difference + values.selected(1, place + 1) * discount }
        later = difference + later * (discount * smoothing)
        columns.append(later)
      }
      let advantages = Tensor.stacked(columns.reversed(), along: 1)
      let returns = (advantages + values) * mask
      return ((whitens ? advantages.whitened(where: mask) : advantages) * mask, returns)
    }
  }
}

/// How much better an answer was than the others to the same prompt: advantages without a value head.
///
/// Scores `[P, K]` of K answers to each of P prompts; the advantage is that of every token of the answer.
public enum GroupAdvantages {
  /// The score less the group's mean, over the group's deviation: GRPO (Shao and others, "DeepSeekMath", 2024).
  ///
  /// With `scales` off the deviation is left out (Liu and others, "Understanding R1-Zero-like training", 2025).
  public static func relative(_ scores: Tensor, scales: Bool = true) -> Tensor {
    let difference = scores - scores.mean(along: 1, keepingDimension: true)
    guard scales else { return difference }
    let count = Double(max(1, scores.size(1) - 1))
    let deviation = ((difference * difference).sum(along: 1, keepingDimension: true) / count).squareRoot
    return difference / (deviation + 1e-4)
  }

  /// The score less the mean of the others: RLOO (Ahmadian and others, "Back to basics", 2024).
  ///
  /// A single answer has none to be compared with, and gets 0.
  public static func leaveOneOut(_ scores: Tensor) -> Tensor {
    let count = Double(scores.size(1))
    guard count > 1 else { return scores * 0 }
    let others = (scores.sum(along: 1, keepingDimension: true) - scores) / (count - 1)
    return scores - others
  }
}
