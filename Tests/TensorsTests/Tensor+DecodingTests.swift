import OrchardTensors
import Testing

@Suite("Attention of one token over a cache")
struct DecodingKernelTests {
  struct Size: Sendable, CustomStringConvertible {
    var heads, keyHeads, width, capacity: Int
    var lengths: [Int]
    var description: String { "\(heads)/\(keyHeads) heads of \(width), lengths \(lengths) of \(capacity)" }
  }

  static let sizes = [
    Size(heads: 1, keyHeads: 1, width: 1, capacity: 1, lengths: [1]),
    Size(heads: 12, keyHeads: 12, width: 64, capacity: 256, lengths: [256, 17, 1]),
    Size(heads: 16, keyHeads: 4, width: 64, capacity: 300, lengths: [131]),
    Size(heads: 6, keyHeads: 2, width: 24, capacity: 70, lengths: [70, 64, 65, 3]),
    Size(heads: 2, keyHeads: 1, width: 9, capacity: 40, lengths: [33, 16]),
    Size(heads: 3, keyHeads: 3, width: 136, capacity: 90, lengths: [90, 89]),
  ]

  @Test("Equals softmax(q·kᵀ + bias)·v over each row's own places", arguments: sizes, [DType.float32, .bfloat16])
  func attention(size: Size, dtype: DType) {
    Engine.seed(UInt64(size.width * size.capacity))
    let rows = size.lengths.count
    let group = size.heads / size.keyHeads
    let query = Tensor.normal([rows, 1, size.heads * size.width]).to(dtype)
      .reshaped([rows, 1, size.heads, size.width]).transposed(1, 2)
    let keys = Tensor.normal([rows, size.keyHeads, size.capacity, size.width]).to(dtype)
    let values = Tensor.normal([rows, size.keyHeads, size.capacity, size.width]).to(dtype)
    for biasCount in [0, 1, 20, 400] {
      let bias = biasCount > 0 ? Tensor.normal([size.heads, biasCount]) : nil
      let made = withoutGradients {
        Tensor.decodeAttention(
          query: query, keys: keys, values: values, lengths: size.lengths, bias: bias, scale: 0.3)
      }
      #expect(made.shape == [rows, 1, size.heads * size.width])
      for (row, length) in size.lengths.enumerated() {
        func own(_ cache: Tensor) -> Tensor {
          cache.selected(0, row).sliced(1, 0..<length).repeated(group, along: 0).to(.float64)
        }
        var scores = query.selected(0, row).to(.float64).matmul(own(keys).transposed(-1, -2)) * 0.3
        if let bias {
          let distances = Tensor((0..<length).map { min(length - 1 - $0, biasCount - 1) })
          scores = scores + bias.to(.float64).indexed(1, by: distances).unsqueezed(1)
        }
        let expected = scores.softmax().matmul(own(values)).reshaped([-1])
        let difference = (made.selected(0, row).reshaped([-1]).to(.float64) - expected).absolute
        #expect(difference.maximum(along: 0).scalar < (dtype == .float32 ? 1e-5 : 2e-2))
      }
    }
  }

  @Test("A window and a cap are those of single steps", arguments: sizes, [DType.float32, .bfloat16])
  func windowAndCap(size: Size, dtype: DType) {
    Engine.seed(UInt64(size.width + size.capacity))
    let rows = size.lengths.count
    let group = size.heads / size.keyHeads
    let query = Tensor.normal([rows, size.heads, 1, size.width]).to(dtype)
    let keys = Tensor.normal([rows, size.keyHeads, size.capacity, size.width]).to(dtype)
    let values = Tensor.normal([rows, size.keyHeads, size.capacity, size.width]).to(dtype)
    for (window, cap) in [(1, nil), (17, nil), (64, 1.5), (nil, 0.5), (1000, 50)] as [(Int?, Double?)] {
      let made = withoutGradients {
        Tensor.decodeAttention(
          query: query, keys: keys, values: values, lengths: size.lengths, bias: nil, scale: 0.7, window: window,
          cap: cap)
      }
      for (row, length) in size.lengths.enumerated() {
        let seen = max(0, length - (window ?? length))..<length
        func own(_ cache: Tensor) -> Tensor {
          cache.selected(0, row).sliced(1, seen).repeated(group, along: 0).to(.float64)
        }
        var scores = query.selected(0, row).to(.float64).matmul(own(keys).transposed(-1, -2)) * 0.7
        if let cap { scores = (scores / cap).tanh * cap }
        let expected = scores.softmax().matmul(own(values)).reshaped([-1])
        let difference = (made.selected(0, row).reshaped([-1]).to(.float64) - expected).absolute
        #expect(difference.maximum(along: 0).scalar < (dtype == .float32 ? 1e-5 : 2e-2))
      }
    }
  }

  @Test("A cache takes rows behind each row's own length", arguments: [DType.float32, .bfloat16])
  func append(dtype: DType) {
    let rows = Tensor.normal([3, 2, 4 * 5]).to(dtype).reshaped([3, 2, 4, 5]).transposed(1, 2)
    let cache = Tensor.normal([3, 4, 7, 5]).to(dtype)
    let before = cache.copied
    cache.append(rows, behind: [0, 5, 3])
    for (row, length) in [0, 5, 3].enumerated() {
      let written = cache.selected(0, row).sliced(1, length..<length + 2)
      #expect(written.floats == rows.selected(0, row).floats)
      let kept = Array(0..<length) + Array(length + 2..<7)
      let places = Tensor(kept)
      #expect(
        cache.selected(0, row).indexed(1, by: places).floats == before.selected(0, row).indexed(1, by: places).floats)
    }
  }

  @Test("Heads are turned by the angles of their own positions", arguments: [DType.float32, .bfloat16])
  func turned(dtype: DType) {
    let heads = Tensor.normal([2, 3, 4 * 10]).to(dtype).reshaped([2, 3, 4, 10]).transposed(1, 2)
    let angles = Tensor.uniform([20, 5], low: -3, high: 3)
    let starts = [0, 16]
    let turned = heads.turned(cosine: angles.cosine, sine: angles.sine, from: starts)
    for (row, start) in starts.enumerated() {
      let own = angles.sliced(0, start..<start + 3).to(.float64)
      let first = heads.selected(0, row).sliced(-1, 0..<5).to(.float64)
      let second = heads.selected(0, row).sliced(-1, 5..<10).to(.float64)
      let expected = Tensor.concatenated(
        [first * own.cosine - second * own.sine, second * own.cosine + first * own.sine], along: -1)
      let difference = (turned.selected(0, row).to(.float64) - expected).absolute.reshaped([-1])
      #expect(difference.maximum(along: 0).scalar < (dtype == .float32 ? 1e-5 : 3e-2))
    }
  }
}
