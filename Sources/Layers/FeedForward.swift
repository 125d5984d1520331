import OrchardTensors

/// Two linear layers with an activation between them, gated (Shazeer 2020) where there is a `gate`.
///
/// `[…, D]` becomes `[…, D]` by way of `[…, F]`.
public final class FeedForward: Module {
  /// The gate's layer, D to F; nil in the plain form.
  public let gate: Linear?
  /// The layer up, D to F.
  public let up: Linear
  /// The layer down, F to D.
  public let down: Linear
  /// The function between them.
  public let activation: Activation

  /// A feed-forward part of inner width `inner`.
  public init(
    width: Int, inner: Int, activation: Activation, gated: Bool, bias: Bool = false, upDeviation: Double = 0.02,
    downDeviation: Double = 0.02
  ) {
    gate = gated ? Linear(width, inner, bias: bias, deviation: upDeviation) : nil
    up = Linear(width, inner, bias: bias, deviation: upDeviation)
    down = Linear(inner, width, bias: bias, deviation: downDeviation)
    self.activation = activation
  }

  /// The part's output for `input`, with dropout on the inner width where training asks for it.
  public func callAsFunction(_ input: Tensor, dropout: Double = 0) -> Tensor {
    if let gate { return down(gate(input).gated(by: activation, up(input), dropout: dropout)) }
    return down(activation(up(input)).dropout(dropout))
  }
}

extension Activation {
  /// The function as the engine's gated operations take it.
  var forGates: GateActivation {
    switch self {
    case .relu: return .relu
    case .gelu: return .gelu
    case .geluTanh: return .geluTanh
    case .silu: return .silu
    }
  }
}

extension Tensor {
  /// activation(self) · up with dropout, place by place.
  public func gated(by activation: Activation, _ up: Tensor, dropout: Double = 0) -> Tensor {
    gatedActivation(activation.forGates, up: up, dropout: dropout)
  }

  /// The same in single steps: what the fused form is checked against.
  public func gatedComposed(by activation: Activation, _ up: Tensor) -> Tensor { activation(self) * up }
}
