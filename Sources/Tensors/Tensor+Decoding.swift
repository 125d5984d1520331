import CTorch

// Caches of keys and values: kernels for fp32 and bf16 on the CPU, without copies.
extension Tensor {
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

  /// Whether the kernels of this file and `StepProgram` compute with such a tensor now: fp32 or bf16 on the
  /// CPU, and nothing recorded for gradients.
  package var takesDecodingKernels: Bool {
    !ct_grad_enabled() && device == .cpu && (dtype == .float32 || dtype == .bfloat16)
  }
}
