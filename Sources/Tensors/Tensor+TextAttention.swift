import CTorch

// Whole texts of any lengths side by side, without padding: a kernel for fp32 and bf16 on the CPU without gradients.
extension Tensor {
  /// Whether `textAttention` takes this tensor `[N, 3·H·D]`.
  package func takesTextAttention(heads: Int) -> Bool { ct_takes_text_attention(raw, Int64(heads)) }

  /// Each token's attention to the tokens of its own text, as `[N, H·D]`.
  ///
  /// `self` holds queries, keys and values side by side, `[N, 3·H·D]`; text r has `lengths[r]` tokens from row
  /// `starts[r]` on. Only where `takesTextAttention` is true.
  package func textAttention(starts: [Int], lengths: [Int], heads: Int, scale: Double) -> Tensor {
    precondition(starts.count == lengths.count, "\(starts.count) starts and \(lengths.count) lengths")
    let made = ct_text_attention(
      raw, starts.map(Int64.init), lengths.map(Int64.init), Int64(starts.count), Int64(heads), scale)
    return Tensor(taking: made, "attention of texts", self)
  }
}
