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
        attend(query, keys, values, lengths: size.lengths, scale: 0.3) { $0.bias = bias }
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
        attend(query, keys, values, lengths: size.lengths, scale: 0.7) { ($0.window, $0.cap) = (window, cap) }
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

  @Test(
    "A new place is normed, turned by its own position and seen", arguments: [DType.float32, .bfloat16],
    [DType.float32, .bfloat16])
  func appended(dtype: DType, kept: DType) {
    Engine.seed(5)
    let (rows, heads, keyHeads, width, half) = (3, 4, 2, 10, 3)
    let lengths = [0, 16, 7]
    let input = Tensor.normal([rows, 1, (heads + 2 * keyHeads) * width]).to(dtype)
    let caches = (0..<2).map { _ in Tensor.normal([rows, keyHeads, 20, width]).to(kept) }
    let before = caches.map { $0.to(.float64) }
    let scales = (0..<2).map { _ in Tensor.uniform([width], low: 0.5, high: 1.5).to(dtype) }
    let angles = Tensor.uniform([20, half], low: -3, high: 3)
    let program = StepProgram()
    // Head by head: the queries of a key head, its key, its value.
    let stride = (heads / keyHeads + 2) * width
    let queries = program.products(0, [picking(heads, from: heads / keyHeads, stride, width, dtype)])?[0] ?? 0
    var attention = StepProgram.Attention(
      .init(queries, stride: width),
      keyAndValue: (
        .init(0, start: heads / keyHeads * width, stride: stride),
        .init(0, start: (heads / keyHeads + 1) * width, stride: stride)
      ), heads: heads, scale: 0.4)
    attention.queryNorm = .init(scale: scales[0], epsilon: 1e-5)
    attention.keyNorm = .init(scale: scales[1], epsilon: 1e-5, offset: 1)
    attention.isTurned = true
    _ = program.attention(attention)
    let made = withoutGradients {
      program(input, caches: [(caches[0], caches[1])], lengths: lengths, angles: (angles.cosine, angles.sine))
    }
    let tolerance = dtype == .float32 && kept == .float32 ? 1e-5 : 4e-2
    for (row, length) in lengths.enumerated() {
      let parts = input.selected(0, row).reshaped([keyHeads, heads / keyHeads + 2, width]).to(.float64)
      let own = angles.sliced(0, length..<length + 1).to(.float64)
      func turned(_ heads: Tensor, _ scale: Tensor) -> Tensor {
        let normed =
          heads * ((heads * heads).mean(along: -1, keepingDimension: true) + 1e-5).reciprocalSquareRoot * scale
        let (first, second) = (normed.sliced(-1, 0..<half), normed.sliced(-1, half..<2 * half))
        return .concatenated(
          [
            first * own.cosine - second * own.sine, second * own.cosine + first * own.sine,
            normed.sliced(-1, 2 * half..<width),
          ], along: -1)
      }
      let query = turned(parts.sliced(1, 0..<heads / keyHeads), scales[0].to(.float64))
      let key = turned(parts.sliced(1, heads / keyHeads..<heads / keyHeads + 1), scales[1].to(.float64) + 1)
      let value = parts.sliced(1, heads / keyHeads + 1..<heads / keyHeads + 2)
      let keys = Tensor.concatenated([before[0].selected(0, row).sliced(1, 0..<length), key], along: 1)
      let values = Tensor.concatenated([before[1].selected(0, row).sliced(1, 0..<length), value], along: 1)
      let expected = (query.matmul(keys.transposed(-1, -2)) * 0.4).softmax().matmul(values).reshaped([-1])
      let difference = (made.selected(0, row).reshaped([-1]).to(.float64) - expected).absolute
      #expect(difference.maximum(along: 0).scalar < tolerance, "row \(row)")
      // Only the new place was written.
      let places = Tensor((0..<20).filter { $0 != length })
      for (cache, old) in zip(caches, before) {
        #expect(
          cache.selected(0, row).indexed(1, by: places).to(.float64).floats
            == old.selected(0, row).indexed(1, by: places).floats)
      }
    }
  }

  /// A matrix that takes the queries out of rows where keys and values lie between them.
  private func picking(_ heads: Int, from group: Int, _ stride: Int, _ width: Int, _ dtype: DType) -> StepProgram.Weight
  {
    let columns = heads / group * stride
    let rows = (0..<heads * width).map { place in
      let (head, number) = (place / width, place % width)
      let column = head / group * stride + head % group * width + number
      return (0..<columns).map { $0 == column ? Float(1) : 0 }
    }
    return .init(.plain(Tensor(rows.flatMap { $0 }, shape: [heads * width, columns]).to(dtype)), bias: nil)
  }

  private func attend(
    _ query: Tensor, _ keys: Tensor, _ values: Tensor, lengths: [Int], scale: Double,
    _ change: (inout StepProgram.Attention) -> Void
  ) -> Tensor {
    let (rows, heads, width) = (query.size(0), query.size(1), query.size(3))
    let program = StepProgram()
    var attention = StepProgram.Attention(.init(0, stride: width), heads: heads, scale: scale)
    change(&attention)
    _ = program.attention(attention)
    return program(
      query.transposed(1, 2).reshaped([rows, 1, heads * width]), caches: [(keys, values)],
      lengths: Array(repeating: 0, count: rows), sourceLengths: lengths)
  }
}
