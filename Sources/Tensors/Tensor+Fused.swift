import CTorch

/// The activations that `gatedActivation` knows.
package enum GateActivation: Int32 {
  case relu = 0
  case gelu, geluTanh, silu
}

// Operations that do in one pass over the memory what single steps do in several; each is checked against its steps.
extension Tensor {
  /// Root-mean-square normalisation over the last dimension (Zhang and Sennrich 2019), times `weight` `[D]`.
  package func rootMeanSquareNormalized(_ weight: Tensor, epsilon: Double) -> Tensor {
    Tensor(taking: ct_rms_norm(raw, weight.raw, epsilon), "RMS norm", self, weight)
  }

  /// activation(self) · up with dropout, place by place.
  package func gatedActivation(_ activation: GateActivation, up: Tensor, dropout: Double) -> Tensor {
    Tensor(
      taking: ct_gated_activation(raw, up.raw, activation.rawValue, dropout), "gated activation", self, up)
  }

  /// Heads `[B, H, T, D]` turned by angles `[T, D/2]` or `[B, T, D/2]` in the two-halves form (Su and others 2021).
  package func turned(cosine: Tensor, sine: Tensor) -> Tensor {
    Tensor(taking: ct_rotary(raw, cosine.raw, sine.raw), "rotary positions", self, cosine)
  }

  /// self + dropout(branch).
  package func addingDropped(_ branch: Tensor, _ probability: Double) -> Tensor {
    Tensor(taking: ct_dropout_add(raw, branch.raw, probability), "dropout and add", self, branch)
  }

  /// Attention on the CPU with gradients for everything, the bias too, and without whole scores in memory.
  ///
  /// `query` is `[B, H, T, D]`, `key` and `value` `[B, K, S, D]` where K divides H; `bias` `[1 or B, H, T, S]` is added to
  /// the scores; `visible` (Boolean, repeating over sizes of 1) keeps those that are true.
  package static func fusedAttention(
    query: Tensor, key: Tensor, value: Tensor, bias: Tensor?, visible: Tensor?, causal: Bool, scale: Double,
    dropout: Double
  ) -> Tensor {
    let made = ct_biased_attention(
      query.raw, key.raw, value.raw, bias?.raw, visible?.raw, causal, scale, dropout)
    return Tensor(taking: made, "attention", query, key, value)
  }
}
