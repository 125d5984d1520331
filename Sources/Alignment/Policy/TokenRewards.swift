import OrchardTensors

/// What each token of an answer earns: the price of its divergence from the reference, and at the last token the score of
/// the whole answer.
///
/// Ziegler and others 2019, section 2.2. Shapes: `B` answers, `T` tokens.
public enum TokenRewards {
  /// Rewards token by token.
  ///
  /// - Parameters:
  ///   - scores: The score of each answer, `B`.
  ///   - divergences: The divergence at each token, `[B, T]`.
  ///   - price: What a nat of it costs.
  ///   - mask: 1 for an answer's tokens, 0 behind them, `[B, T]`. An answer without tokens gets nothing.
  /// - Returns: The rewards `[B, T]`.
  public static func rewards(scores: Tensor, divergences: Tensor, price: Double, mask: Tensor) -> Tensor {
    // The last token is the one whose count of tokens up to it is that of all, and which is there itself.
    let counts = mask.cumulativeSum(along: 1)
    let all = mask.sum(along: 1, keepingDimension: true)
    let last = (counts .== all).to(mask.dtype) * mask
    return divergences * mask * -price + last * scores.unsqueezed(1)
  }
}
