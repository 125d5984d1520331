import OrchardTensors

/// What an update of a policy comes to.
public struct PolicyUpdate {
  /// The loss to be made smaller, with its gradients.
  public let total: Tensor
  /// Its number, as it is told.
  public let loss: Double
  /// The divergence of the policy that answered from the new one by k3, in nats a token: where it grows too great, a step's
  /// updates end.
  public let divergence: Double
  /// Whether a bound was passed, so that nothing is to be learned.
  public let isGuarded: Bool
  /// What is told of it, one number for each of the credit's names of figures.
  public let figures: [Double]
}
