import OrchardTensors

/// The weighted mean of values by how well keys fit queries.
///
/// Followed: Vaswani and others, Attention Is All You Need, 2017.
public enum Attention {
  /// Attention of `query` `[B, H, T, D]` over `key` and `value` `[B, K, S, D]`, as `[B, H, T, D]`.
  ///
  /// K divides H: with fewer key heads, neighbouring queries share one. A `cap` c turns a score s into c · tanh(s / c)
  /// before anything is hidden: Gemma 2's.
  public static func attend(
    query: Tensor, key: Tensor, value: Tensor, mask: AttentionMask, scale: Double, cap: Double? = nil,
    dropout: Double = 0
  ) -> Tensor {
    // A cache may keep keys and values in fewer bits than queries have.
    guard key.dtype == query.dtype else {
      return attend(
        query: query, key: key.to(query.dtype), value: value.to(query.dtype), mask: mask, scale: scale, cap: cap,
        dropout: dropout)
    }
    if cap != nil {
      return composed(query: query, key: key, value: value, mask: mask, scale: scale, cap: cap, dropout: dropout)
    }
    if query.device == .cpu && query.dtype != .float16 && [query, key, value].contains(where: \.requiresGradient) {
      return .fusedAttention(
        query: query, key: key, value: value, bias: mask.bias, visible: mask.visible, causal: mask.isCausal,
        scale: scale, dropout: dropout)
    }
    let (key, value) = repeated(key, value, for: query)
    // libtorch's causal mask is for as many keys as queries.
    if mask.bias == nil && mask.visible == nil && (!mask.isCausal || query.size(2) == key.size(2)) {
      return .attention(query: query, key: key, value: value, dropout: dropout, causal: mask.isCausal, scale: scale)
    }
    if mask.bias?.requiresGradient != true {
      let added = additive(mask, query: query, keys: key.size(2))
      return .attention(query: query, key: key, value: value, mask: added, dropout: dropout, scale: scale)
    }
    return composed(query: query, key: key, value: value, mask: mask, scale: scale, dropout: dropout)
  }

  /// Keys and values once for each of the heads that share them.
  private static func repeated(_ key: Tensor, _ value: Tensor, for query: Tensor) -> (Tensor, Tensor) {
    let groups = query.size(1) / key.size(1)
    return groups == 1 ? (key, value) : (key.repeated(groups, along: 1), value.repeated(groups, along: 1))
  }

  /// The same in single steps, each of them libtorch's own: what the fast paths are checked against.
  public static func composed(
    query: Tensor, key: Tensor, value: Tensor, mask: AttentionMask, scale: Double, cap: Double? = nil,
    dropout: Double = 0
  ) -> Tensor {
    let (key, value) = repeated(key, value, for: query)
    var scores = query.matmul(key.transposed(-1, -2)) * scale
    if let cap { scores = (scores / cap).tanh * cap }
    if let added = additive(mask, query: query, keys: key.size(2)) { scores = scores + added }
    return scores.softmax().dropout(dropout).matmul(value)
  }

  /// Everything that is added to the scores as one tensor `[1 or B, 1 or H, T or 1, S]`, hidden places as -∞ in effect.
  static func additive(_ mask: AttentionMask, query: Tensor, keys: Int) -> Tensor? {
    var visible = mask.visible
    if mask.isCausal {
      let causal = Tensor.ones([query.size(2), keys], dtype: .bool, on: query.device).lowerTriangle(
        keys - query.size(2))
      visible = visible.map { $0.and(causal) } ?? causal
    }
    guard let visible else { return mask.bias?.to(query.dtype) }
    // The least number rather than -∞: a row that sees nothing then gives the mean of all, not NaN.
    let least = query.dtype == .float16 ? -65504.0 : -3.0e38
    guard let bias = mask.bias else {
      return Tensor.zeros([1], dtype: query.dtype, on: query.device).masked(by: visible.not, with: least)
    }
    return bias.to(query.dtype).masked(by: visible.not, with: least)
  }
}

extension Tensor {
  /// `[B, T, H·D]` as heads `[B, H, T, D]`.
  public func splitIntoHeads(_ count: Int) -> Tensor {
    reshaped([size(0), size(1), count, size(2) / count]).transposed(1, 2)
  }

  /// Heads `[B, H, T, D]` as `[B, T, H·D]`.
  public var joinedHeads: Tensor {
    transposed(1, 2).reshaped([size(0), size(2), size(1) * size(3)])
  }
}
