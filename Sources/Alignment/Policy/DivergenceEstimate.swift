import OrchardSettings
import OrchardTensors

/// What is taken for the divergence of a policy π from its reference ρ at a token that was drawn from π.
///
/// Followed: Schulman, "Approximating KL divergence", 2020. With r = ρ/π, estimates of KL(π ‖ ρ) in nats.
public enum DivergenceEstimate: String, NamedChoice {
  /// -log r: without bias, and below 0 for many a token.
  case k1
  /// ½ (log r)²: never below 0, a little biased.
  case k2
  /// (r - 1) - log r: without bias, never below 0.
  case k3
  /// |log r|, as TRL has it too.
  case absolute

  /// The estimate at each place from the log-probabilities of the token there, of one shape.
  public func callAsFunction(policy: Tensor, reference: Tensor) -> Tensor {
    let difference = policy - reference
    switch self {
    case .k1: return difference
    case .k2: return difference * difference * 0.5
    case .k3: return (difference * -1).exponential - 1 + difference
    case .absolute: return difference.absolute
    }
  }

  /// The whole divergence KL(π ‖ ρ) at each place, in nats, from log-probabilities `[…, V]` of all tokens.
  public static func whole(policy: Tensor, reference: Tensor) -> Tensor {
    (policy.exponential * (policy - reference)).sum(along: -1)
  }
}
