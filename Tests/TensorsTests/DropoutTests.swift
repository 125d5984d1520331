import OrchardTensors
import Testing

@Suite("Dropout and random state", .serialized)
struct DropoutTests {
  @Test("The share that falls out is the one asked for, and the rest keeps the mean", arguments: [0.1, 0.5, 0.9])
  func share(probability: Double) {
    Engine.seed(1)
    let count = 400_000
    let dropped = Tensor.ones([count]).dropout(probability)
    let fallen = (dropped .== 0.0).to(.float32).mean.scalar
    // Five standard deviations of a binomial share.
    let bound = 5 * (probability * (1 - probability) / Double(count)).squareRoot()
    #expect(abs(fallen - probability) < bound)
    #expect(abs(dropped.maximum(along: 0).scalar - 1 / (1 - probability)) < 1e-5)
  }

  @Test("Neighbours, blocks and calls fall out independently of each other")
  func independence() {
    Engine.seed(2)
    let side = 1 << 14
    let half = Double(side) / 4
    let first = (Tensor.ones([16, side]).dropout(0.5) .> 0.0).to(.float32)
    let second = (Tensor.ones([16, side]).dropout(0.5) .> 0.0).to(.float32)
    func together(_ a: Tensor, _ b: Tensor) -> Double { (a * b).sum.scalar }
    let bound = 5 * (Double(side) * 3 / 16).squareRoot()
    #expect(abs(together(first.selected(0, 0), second.selected(0, 0)) - half) < bound)
    for block in 1..<16 {
      #expect(abs(together(first.selected(0, block - 1), first.selected(0, block)) - half) < bound)
    }
    for distance in [1, 2, 3, 16, 64, 1024] {
      let row = first.selected(0, 5)
      let pairs = together(row.sliced(0, 0..<side - distance), row.sliced(0, distance..<side))
      #expect(abs(pairs - Double(side - distance) / 4) < bound, "distance \(distance)")
    }
  }

  @Test("The same seed and the same saved state give the same masks")
  func reproducible() {
    let input = Tensor.ones([3, 7001])
    Engine.seed(3)
    let first = input.dropout(0.3).floats
    let state = Engine.randomState
    let second = input.dropout(0.3).floats
    #expect(first != second)
    Engine.randomState = state
    #expect(input.dropout(0.3).floats == second)
    Engine.seed(3)
    #expect(input.dropout(0.3).floats == first)
    let threads = Engine.threads
    Engine.threads = 1
    Engine.seed(3)
    #expect(input.dropout(0.3).floats == first)
    Engine.threads = threads
  }

  @Test("The gradient passes exactly where the values did", arguments: [DType.float32, .bfloat16])
  func gradient(dtype: DType) throws {
    let input = Tensor.ones([50_000], dtype: dtype).leaf()
    let output = input.dropout(0.2)
    output.backward(.ones([50_000], dtype: dtype))
    #expect(try #require(input.gradient).floats == output.floats)
  }

  @Test("No probability, no change")
  func none() {
    let input = Tensor.normal([10])
    #expect(input.dropout(0).sharesStorage(with: input))
  }
}
