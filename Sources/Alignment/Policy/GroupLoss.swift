import OrchardSettings
import OrchardTensors

/// The loss of answers that are compared within their group, without a value head: GRPO's and RLOO's.
///
/// Shao and others, "DeepSeekMath", 2024; Ahmadian and others, "Back to basics", 2024; Yu and others, "DAPO", 2025; Zheng
/// and others, "Group sequence policy optimization", 2025. Shapes: `B` answers, `T` tokens.
public struct GroupLoss: Sendable, Equatable {
  /// Of what the ratio of new to old probabilities is taken.
  public enum Ratio: String, NamedChoice {
    /// Of each token.
    case token
    /// Of the whole answer, its root by the number of tokens: GSPO.
    case mean
    /// Of the whole answer: RLOO.
    case answer
  }

  /// Over what the loss is averaged.
  public enum Average: String, NamedChoice {
    /// Over each answer's tokens, then over answers: all answers count alike.
    case answers
    /// Over the tokens of all answers: all tokens count alike.
    case tokens
    /// Over the tokens that answers might have had: neither short nor long ones are preferred (Liu and others 2025).
    case length
  }

  /// How far the ratio may fall below 1 and still count.
  public var clip = 0.2
  /// How far it may rise above 1; nil for as far as it may fall.
  public var clipAbove: Double?
  /// Of what the ratio is.
  public var ratio = Ratio.token
  /// Over what the loss is averaged.
  public var average = Average.answers
  /// What a nat of divergence from the reference costs, by k3.
  public var price = 0.0

  /// The loss with its defaults.
  public init() {}

  /// The loss of a minibatch.
  ///
  /// - Parameters:
  ///   - policy: The log-probabilities of the tokens now, with gradients, and as they were drawn, `[B, T]`.
  ///   - reference: Those of the reference, `[B, T]`.
  ///   - advantages: How much better each answer was than expected, `B`.
  ///   - longest: The most tokens that an answer could have.
  ///   - mask: 1 for what counts.
  /// - Returns: The loss with its gradients, and its parts.
  public func callAsFunction(
    policy: (now: Tensor, then: Tensor), reference: Tensor, advantages: Tensor, longest: Int, mask: Tensor
  ) -> PolicyUpdate {
    let difference = (policy.now - policy.then) * mask
    let counts = Tensor.maximum(mask.sum(along: 1, keepingDimension: true), mask.filled(with: 1).sliced(1, 0..<1))
    let logs =
      switch ratio {
      case .token: difference
      case .mean: difference.sum(along: 1, keepingDimension: true) / counts
      case .answer: difference.sum(along: 1, keepingDimension: true)
      }
    let ratios = logs.exponential
    let worth = advantages.unsqueezed(1)
    let (free, bounded) = (ratios * worth * -1, ratios.clamped(1 - clip, 1 + (clipAbove ?? clip)) * worth * -1)
    var losses = Tensor.maximum(free, bounded).expanded(mask.shape)
    if price != 0 {
      losses = losses + DivergenceEstimate.k3(policy: policy.now, reference: reference) * price
    }
    let total = averaged(losses * mask, counts: counts, longest: longest, mask: mask)
    func share(_ numbers: Tensor) -> Double {
      numbers.detached.to(.float32).expanded(mask.shape).mean(where: mask).scalar
    }
    return PolicyUpdate(
      total: total, loss: total.scalar,
      divergence: DivergenceEstimate.k3(policy: policy.then, reference: policy.now).detached.mean(where: mask).scalar,
      isGuarded: false, figures: [total.scalar, share(ratios), share(bounded .> free)])
  }

  /// The average of losses that are 0 behind answers.
  func averaged(_ losses: Tensor, counts: Tensor, longest: Int, mask: Tensor) -> Tensor {
    switch average {
    case .answers: (losses.sum(along: 1, keepingDimension: true) / counts).mean
    case .tokens: losses.sum / mask.sum
    case .length: losses.sum / Double(mask.size(0) * longest)
    }
  }
}
