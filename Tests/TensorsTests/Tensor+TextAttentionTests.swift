import OrchardTensors
import Testing

@Suite("Attention of whole texts side by side")
struct TextAttentionTests {
  struct Size: Sendable, CustomStringConvertible {
    var heads, width: Int
    var lengths: [Int]
    /// Rows of no text behind each one.
    var gap = 0
    var description: String { "\(heads) heads of \(width), lengths \(lengths), gaps of \(gap)" }
  }

  static let sizes = [
    Size(heads: 1, width: 16, lengths: [1]),
    Size(heads: 12, width: 32, lengths: [128, 17, 64, 1]),
    Size(heads: 3, width: 64, lengths: [65, 6, 5, 200]),
    Size(heads: 2, width: 48, lengths: [33, 16], gap: 3),
    Size(heads: 2, width: 112, lengths: [70, 7]),
    Size(heads: 1, width: 128, lengths: [130]),
  ]

  @Test("Equals softmax(q·kᵀ)·v over each text's own tokens", arguments: sizes, [DType.float32, .bfloat16])
  func attention(size: Size, dtype: DType) {
    Engine.seed(UInt64(size.width * size.heads))
    let starts = size.lengths.indices.map { size.lengths[..<$0].reduce(0, +) + $0 * size.gap }
    let count = size.lengths.reduce(0) { $0 + $1 + size.gap }
    let inner = size.heads * size.width
    let projected = Tensor.normal([count, 3 * inner], deviation: 2).to(dtype)
    let made = withoutGradients {
      #expect(projected.takesTextAttention(heads: size.heads))
      return projected.textAttention(starts: starts, lengths: size.lengths, heads: size.heads, scale: 0.2)
    }
    #expect(made.shape == [count, inner] && made.dtype == dtype)
    for (start, length) in zip(starts, size.lengths) {
      let own = projected.sliced(0, start..<start + length).to(.float64)
        .reshaped([length, 3, size.heads, size.width]).permuted([1, 2, 0, 3])
      let scores = own.selected(0, 0).matmul(own.selected(0, 1).transposed(1, 2)) * 0.2
      let expected = scores.softmax().matmul(own.selected(0, 2)).transposed(0, 1).reshaped([length, inner])
      let difference = made.sliced(0, start..<start + length).to(.float64) - expected
      let greatest = difference.absolute.reshaped([-1]).maximum(along: 0).scalar
      #expect(greatest < (dtype == .float32 ? 5e-5 : 3e-2))
      let gap = made.sliced(0, start + length..<start + length + size.gap)
      #expect(gap.count == 0 || gap.absolute.sum.scalar == 0)
    }
  }

  @Test("What the kernel does not take is said")
  func refusals() {
    let projected = Tensor.normal([4, 3 * 2 * 16])
    withoutGradients {
      #expect(projected.takesTextAttention(heads: 2))
      #expect(!projected.takesTextAttention(heads: 5))
      #expect(!projected.to(.float64).takesTextAttention(heads: 2))
      #expect(!projected.transposed(0, 1).takesTextAttention(heads: 2))
    }
    withGradients { #expect(!projected.takesTextAttention(heads: 2)) }
  }
}
