import OrchardTensors

/// The losses of proximal policy optimisation over the tokens of answers.
///
/// Schulman and others, "Proximal policy optimization algorithms", 2017; the clipped value loss and the guard over the
/// ratio as in TRL 0.11. Shapes: `B` answers, `T` tokens; all means are over the tokens that `mask` `[B, T]` counts.
public struct ProximalLoss: Sendable, Equatable {
  /// ε: how far the ratio of new to old probabilities counts.
  public var clip = 0.2
  /// How far a new value may be from the old one and still count.
  public var valueClip = 0.2
  /// How much the value loss counts.
  public var valueWeight = 0.1
  /// How much entropy is rewarded.
  public var entropyWeight = 0.0
  /// The mean ratio above which a minibatch teaches nothing; nil for no bound.
  public var greatestRatio: Double? = 10

  /// The losses with their defaults.
  public init() {}

  /// What a minibatch gives.
  public struct Outcome {
    /// The loss to be made smaller, with its gradients; without any where the guard has struck.
    public let total: Tensor
    /// The policy's part.
    public let policy: Double
    /// The values' part, its weight left out.
    public let value: Double
    /// The mean entropy of the next token, in nats; 0 where none was given.
    public let entropy: Double
    /// The mean ratio of new to old probabilities.
    public let ratio: Double
    /// The share of tokens at which the policy's clip was at work.
    public let clippedShare: Double
    /// The same of the values'.
    public let clippedValueShare: Double
    /// The divergence of the old policy from the new one by k3, in nats a token: where it grows too great, an epoch ends.
    public let divergence: Double
    /// Whether the mean ratio was above the bound, so that nothing is learned.
    public let isGuarded: Bool
  }

  /// The losses of a minibatch.
  ///
  /// - Parameters:
  ///   - policy: The log-probabilities of the tokens now, with gradients, and as they were drawn, `[B, T]`.
  ///   - values: The values now, with gradients, and at the time of drawing, `[B, T]`.
  ///   - advantages: What each token was better than expected, `[B, T]`.
  ///   - returns: What the values should have been, `[B, T]`.
  ///   - entropies: The entropy of the distribution at each token, with gradients, `[B, T]`; nil for none.
  ///   - mask: 1 for what counts.
  /// - Returns: The loss with its gradients, and its parts. Where `isGuarded`, take no step.
  public func callAsFunction(
    policy: (now: Tensor, then: Tensor), values: (now: Tensor, then: Tensor), advantages: Tensor, returns: Tensor,
    entropies: Tensor? = nil, mask: Tensor
  ) -> Outcome {
    let difference = policy.now - policy.then
    let ratio = difference.exponential
    let (free, bounded) = (advantages * ratio * -1, advantages * ratio.clamped(1 - clip, 1 + clip) * -1)
    let policyLoss = Tensor.maximum(free, bounded).mean(where: mask)
    let near = values.then + (values.now - values.then).clamped(-valueClip, valueClip)
    let (freeError, nearError) = ((values.now - returns).power(2), (near - returns).power(2))
    let valueLoss = Tensor.maximum(freeError, nearError).mean(where: mask) * 0.5
    var total = policyLoss + valueLoss * valueWeight
    let entropy = entropies.map { $0.mean(where: mask) }
    if let entropy, entropyWeight != 0 { total = total - entropy * entropyWeight }
    let meanRatio = ratio.detached.mean(where: mask).scalar
    let isGuarded = greatestRatio.map { !(meanRatio <= $0) } ?? false
    func share(_ condition: Tensor) -> Double { condition.to(.float32).mean(where: mask).scalar }
    return Outcome(
      total: isGuarded ? total * 0 : total, policy: policyLoss.scalar, value: valueLoss.scalar,
      entropy: entropy?.scalar ?? 0, ratio: meanRatio, clippedShare: share(bounded .> free),
      clippedValueShare: share(nearError .> freeError),
      divergence: DivergenceEstimate.k3(policy: policy.then, reference: policy.now).detached.mean(where: mask).scalar,
      isGuarded: isGuarded)
  }
}
