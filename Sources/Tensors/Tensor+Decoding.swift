import CTorch

// One new token a row over a cache: kernels for fp32 and bf16 on the CPU, without masks and without copies.
extension Tensor {
  /// Attention of one query a row `[B, H, 1, D]` over the first `lengths[b]` places of `keys` and `values`
  /// `[B, K, C, D]`, as `[B, 1, H·D]`.
  ///
  /// `bias` `[H, P]` (fp32) is added by a key's distance from the last place, greater distances taking the last number.
  /// With a `window` only a row's last places, so many, are seen; a `cap` c turns a score s into c · tanh(s / c).
  package static func decodeAttention(
    query: Tensor, keys: Tensor, values: Tensor, lengths: [Int], bias: Tensor?, scale: Double,
    window: Int? = nil, cap: Double? = nil
  ) -> Tensor {
    precondition(lengths.count == query.size(0), "\(lengths.count) lengths for \(query)")
    let made = ct_decode_attention(
      query.raw, keys.raw, values.raw, lengths.map(Int64.init), bias?.raw, scale, Int64(window ?? 0), cap ?? 0)
    return Tensor(taking: made, "attention of one token", query, keys, values)
  }

  /// Writes `rows` `[B, K, T, D]` behind the first `lengths[b]` places of this cache `[B, K, C, D]`.
  package func append(_ rows: Tensor, behind lengths: [Int]) {
    precondition(lengths.count == size(0), "\(lengths.count) lengths for \(self)")
    if ct_cache_append(raw, rows.raw, lengths.map(Int64.init)) != 0 {
      Engine.failed("append to a cache", [shape, rows.shape])
    }
  }

  /// Copies rows of this cache `[B, K, C, D]` to other rows, or exchanges them, one move after the other: the first
  /// places of each head, as many as its length says.
  package func moveRows(_ moves: [(from: Int, to: Int, isExchange: Bool, length: Int)]) {
    let made = ct_cache_move_rows(
      raw, moves.map { Int64($0.from) }, moves.map { Int64($0.to) }, moves.map(\.isExchange),
      moves.map { Int64($0.length) }, moves.count)
    if made != 0 { Engine.failed("move rows of a cache", [shape]) }
  }

  /// These heads `[B, H, T, D]` turned by the angles of each row's positions, which begin at `starts[b]`.
  ///
  /// `cosine` and `sine` are tables `[P, D/2]` (fp32) of all positions below P.
  package func turned(cosine: Tensor, sine: Tensor, from starts: [Int]) -> Tensor {
    precondition(starts.count == size(0), "\(starts.count) starts for \(self)")
    return Tensor(
      taking: ct_turn_heads(raw, cosine.raw, sine.raw, starts.map(Int64.init)), "turn heads", self, cosine)
  }

  /// Whether the kernels of this file and of `Tensor+FewRows.swift` compute with such a tensor now: fp32 or bf16 on the
  /// CPU, and nothing recorded for gradients.
  package var takesDecodingKernels: Bool {
    !ct_grad_enabled() && device == .cpu && (dtype == .float32 || dtype == .bfloat16)
  }
}
