import OrchardLayers
import OrchardTensors

/// What turns hidden states into logits: the output matrix, a bias where there is one, and T5's scale.
public struct LanguageHead {
  /// The matrix `[V, D]`.
  public let weight: Parameter
  /// Hidden states are multiplied by this first: D^-½ in a T5 whose head is tied.
  public let scale: Double
  /// A bound c that turns each logit z into c · tanh(z / c): Gemma 2's.
  public let cap: Double?
  /// What is added to the logits, `[V]` or `[1, V]`, where there is something: BART's.
  public let bias: Parameter?

  /// A head over the matrix `weight`.
  public init(weight: Parameter, scale: Double = 1, cap: Double? = nil, bias: Parameter? = nil) {
    self.weight = weight
    self.scale = scale
    self.cap = cap
    self.bias = bias
  }

  /// The bias as `[V]`, as the fused losses take it.
  public var flatBias: Tensor? { bias.map { $0.tensor.reshaped([-1]) } }

  /// The summed cross-entropy of hidden states `[N, D]` against `targets` `[N]`, each row times its coefficient, in nats,
  /// and each row's own `[N]` without gradients.
  ///
  /// The logits are never whole in memory. Arguments as in `Tensor.linearCrossEntropies`.
  public func crossEntropies(
    _ hidden: Tensor, targets: Tensor, coefficients: Tensor, smoothing: Double = 0
  ) -> (sum: Tensor, losses: Tensor) {
    Tensor.linearCrossEntropies(
      hidden: hidden, weight: weight.tensor, bias: flatBias, targets: targets, coefficients: coefficients,
      scale: scale, cap: cap, smoothing: smoothing)
  }

  /// The logits `[…, V]` of hidden states `[…, D]`.
  public func logits(_ hidden: Tensor) -> Tensor {
    let plain = weight.product(scale == 1 ? hidden : hidden * scale, bias: flatBias)
    return cap.map { (plain / $0).tanh * $0 } ?? plain
  }
}
