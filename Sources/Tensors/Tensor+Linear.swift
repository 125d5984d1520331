import CTorch

extension Tensor {
  /// The singular value decomposition U·diag(S)·V of a matrix `[O, I]`: U `[O, K]`, S `[K]` from the greatest down and V
  /// `[K, I]`, K the lesser of both sizes.
  package var singularValues: (left: Tensor, values: Tensor, right: Tensor) {
    var left: ct_tensor?
    var values: ct_tensor?
    var right: ct_tensor?
    let status = ct_singular_values(raw, &left, &values, &right)
    guard status == 0, let left, let values, let right else { Engine.failed("singular values", [shape]) }
    return (Tensor(left), Tensor(values), Tensor(right))
  }

  /// The matrix product of the last two dimensions; the others are a batch.
  public func matmul(_ other: Tensor) -> Tensor { Tensor(taking: ct_matmul(raw, other.raw), "matmul", self, other) }

  /// x·Wᵀ + b.
  ///
  /// `self` is `[…, I]`, `weight` is `[O, I]`, `bias` is `[O]`; the result is `[…, O]`.
  public func linear(_ weight: Tensor, bias: Tensor? = nil) -> Tensor {
    Tensor(taking: ct_linear(raw, weight.raw, bias?.raw), "linear", self, weight)
  }

  /// Rows of this table `[V, D]` for the ids `[…]`, as `[…, D]`.
  public func embedding(_ ids: Tensor) -> Tensor { Tensor(taking: ct_embedding(raw, ids.raw), "embedding", self, ids) }

  /// Layer normalisation over the last dimension (Ba, Kiros and Hinton 2016).
  public func layerNorm(weight: Tensor?, bias: Tensor?, epsilon: Double) -> Tensor {
    Tensor(taking: ct_layer_norm(raw, weight?.raw, bias?.raw, epsilon), "layer norm", self)
  }

  /// Elements set to zero with a probability, the others scaled up to keep the mean (Srivastava and others 2014).
  public func dropout(_ probability: Double) -> Tensor {
    probability == 0 ? self : Tensor(taking: ct_dropout_fast(raw, probability), "dropout", self)
  }

  /// libtorch's scaled dot-product attention.
  ///
  /// `query` is `[B, H, T, D]`, `key` and `value` `[B, H, S, D]`; `mask` is added to the scores (or, if Boolean, keeps
  /// those that are true) and repeats over sizes of 1.
  public static func attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor? = nil, dropout: Double = 0, causal: Bool = false,
    scale: Double
  ) -> Tensor {
    let made = ct_scaled_dot_product_attention(
      query.raw, key.raw, value.raw, mask?.raw, dropout, causal, scale)
    return Tensor(taking: made, "attention", query, key, value)
  }

  /// The summed cross-entropy of logits `[N, V]` against class ids `[N]`, in nats.
  ///
  /// Rows whose target is `ignored` count nothing. `smoothing` spreads that share of the target over all classes.
  public func crossEntropySum(targets: Tensor, ignored: Int = -100, smoothing: Double = 0) -> Tensor {
    Tensor(taking: ct_cross_entropy(raw, targets.raw, Int64(ignored), smoothing), "cross-entropy", self, targets)
  }
}
