import OrchardTensors
import Testing

/// Each group of operations against values worked out by hand.
@Suite("Tensor operations")
struct TensorOperationsTests {
  let matrix = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])

  func close(_ tensor: Tensor, _ expected: [Float], _ tolerance: Float = 1e-6) -> Bool {
    let found = tensor.floats
    return found.count == expected.count
      && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  @Test("Shape, type and description")
  func shape() {
    #expect(matrix.shape == [2, 3] && matrix.rank == 2 && matrix.count == 6 && matrix.byteCount == 24)
    #expect(matrix.size(-1) == 3 && matrix.dtype == .float32 && matrix.device == .cpu)
    #expect("\(matrix)".contains("[2, 3]"))
    #expect(Tensor(scalar: 4).shape == [] && Tensor(scalar: 4).scalar == 4)
  }

  @Test("Creation")
  func creation() {
    #expect(Tensor.full([2], 1.5).floats == [1.5, 1.5])
    #expect(Tensor.zeros([2], dtype: .int64).integers == [0, 0])
    #expect(Tensor.range(2..<5).integers == [2, 3, 4])
    #expect(matrix.filled(with: 9).floats == Array(repeating: 9, count: 6))
    Engine.seed(4)
    let normal = Tensor.normal([100_000], mean: 2, deviation: 3)
    #expect(abs(normal.mean.scalar - 2) < 0.05)
    #expect(abs(((normal - 2) * (normal - 2)).mean.scalar - 9) < 0.25)
    let uniform = Tensor.uniform([10_000], low: -1, high: 3)
    #expect(uniform.minimum(along: 0).scalar >= -1 && uniform.maximum(along: 0).scalar <= 3)
    #expect(abs(uniform.mean.scalar - 1) < 0.1)
  }

  @Test("Arithmetic, with sizes of 1 repeated")
  func arithmetic() {
    let row = Tensor([10, 20, 30] as [Float])
    #expect((matrix + row).floats == [11, 22, 33, 14, 25, 36])
    #expect((matrix - row).floats == [-9, -18, -27, -6, -15, -24])
    #expect((matrix * Tensor([1, 2] as [Float], shape: [2, 1])).floats == [1, 2, 3, 8, 10, 12])
    #expect(close(matrix / row, [0.1, 0.1, 0.1, 0.4, 0.25, 0.2]))
    #expect((-matrix + 1).floats == [0, -1, -2, -3, -4, -5])
    #expect((matrix * 2 - 1).floats == [1, 3, 5, 7, 9, 11])
    #expect(matrix.power(2).floats == [1, 4, 9, 16, 25, 36])
    #expect(matrix.floorDivided(by: 2).floats == [0, 1, 1, 2, 2, 3])
    #expect(matrix.clamped(2, 4).floats == [2, 2, 3, 4, 4, 4])
    #expect(Tensor.minimum(matrix, row * 0.1 + 1).floats == [1, 2, 3, 2, 3, 4])
    #expect(Tensor.maximum(matrix, row * 0.1 + 1).floats == [2, 3, 4, 4, 5, 6])
  }

  @Test("Functions of single elements")
  func functions() {
    let values = Tensor([-2, 0, 1] as [Float])
    #expect(close(values.exponential, [0.13533528, 1, 2.7182818]))
    #expect(close(Tensor([1, 10] as [Float]).logarithm, [0, 2.3025851]))
    #expect(close(Tensor([4, 9] as [Float]).squareRoot, [2, 3]))
    #expect(close(Tensor([4, 16] as [Float]).reciprocalSquareRoot, [0.5, 0.25]))
    #expect(close(values.sine, [-0.9092974, 0, 0.841471]) && close(values.cosine, [-0.4161468, 1, 0.5403023]))
    #expect(close(values.tanh, [-0.9640276, 0, 0.7615942]) && close(values.sigmoid, [0.1192029, 0.5, 0.7310586]))
    #expect(
      values.relu.floats == [0, 0, 1] && values.absolute.floats == [2, 0, 1] && values.sign.floats == [-1, 0, 1])
    #expect(close(values.silu, [-0.2384058, 0, 0.7310586]))
    #expect(close(values.gelu(), [-0.0455003, 0, 0.8413447]))
    #expect(close(values.gelu(tanhForm: true), [-0.0454023, 0, 0.841192]))
    #expect(Tensor([1, .infinity, .nan] as [Float]).isFinite.array(of: Bool.self) == [true, false, false])
  }

  @Test("Comparison and choice")
  func comparison() {
    let other = Tensor([1, 0, 3, 9, 9, 9] as [Float], shape: [2, 3])
    #expect((matrix .== other).array(of: Bool.self) == [true, false, true, false, false, false])
    #expect((matrix .!= other).array(of: Bool.self) == [false, true, false, true, true, true])
    #expect((matrix .< other).array(of: Bool.self) == [false, false, false, true, true, true])
    #expect((matrix .>= other).array(of: Bool.self) == [true, true, true, false, false, false])
    #expect((matrix .> 4.0).array(of: Bool.self) == [false, false, false, false, true, true])
    let even = (matrix .== 2.0).or(matrix .== 4.0)
    #expect(even.choose(matrix, else: -matrix).floats == [-1, 2, -3, 4, -5, -6])
    #expect(matrix.masked(by: even.not, with: 0).floats == [0, 2, 0, 4, 0, 0])
    #expect(even.any && !even.all && even.and(even.not).any == false)
  }

  @Test("Shapes changed")
  func reshaping() {
    #expect(matrix.transposed(0, 1).floats == [1, 4, 2, 5, 3, 6])
    #expect(matrix.reshaped([3, -1]).shape == [3, 2])
    #expect(matrix.reshaped([1, 2, 3]).permuted([2, 0, 1]).shape == [3, 1, 2])
    #expect(matrix.unsqueezed(0).expanded([2, 2, 3]).sum.scalar == 42)
    #expect(matrix.unsqueezed(1).squeezed(1).shape == [2, 3])
    #expect(matrix.sliced(1, 1..<3).floats == [2, 3, 5, 6] && matrix.selected(0, 1).floats == [4, 5, 6])
    #expect(matrix.indexed(1, by: Tensor([2, 0])).floats == [3, 1, 6, 4])
    #expect(matrix.gathered(1, by: Tensor([2, 0], shape: [2, 1])).floats == [3, 4])
    let written = matrix.scattered(1, by: Tensor([2, 0], shape: [2, 1]), from: .zeros([2, 1]))
    #expect(written.floats == [1, 2, 0, 0, 5, 6] && matrix.floats == [1, 2, 3, 4, 5, 6])
    #expect(Tensor.concatenated([matrix, matrix], along: 1).floats == [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6])
    #expect(Tensor.stacked([matrix, matrix], along: 0).shape == [2, 2, 3])
    #expect(matrix.repeated(2, along: 0).floats == [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6])
    #expect(matrix.flipped(1).floats == [3, 2, 1, 6, 5, 4])
    #expect(matrix.padded(before: 1, after: 0, with: 7).floats == [7, 1, 2, 3, 7, 4, 5, 6])
    #expect(
      matrix.upperTriangle().floats == [1, 2, 3, 0, 5, 6] && matrix.lowerTriangle().floats == [1, 0, 0, 4, 5, 0])
    #expect(matrix.transposed(0, 1).contiguous.floats == [1, 4, 2, 5, 3, 6])
    #expect(matrix.to(.int32).dtype == .int32 && matrix.to(.float32).sharesStorage(with: matrix))
    #expect(!matrix.copied.sharesStorage(with: matrix) && matrix.reshaped([6]).sharesStorage(with: matrix))
  }

  @Test("Sums, means, extremes, order")
  func reductions() {
    #expect(matrix.sum.scalar == 21 && matrix.mean.scalar == 3.5)
    #expect(matrix.sum(along: 0).floats == [5, 7, 9] && matrix.sum(along: 1, keepingDimension: true).shape == [2, 1])
    #expect(matrix.mean(along: 1).floats == [2, 5])
    #expect(matrix.maximum(along: 0).floats == [4, 5, 6] && matrix.minimum(along: 1).floats == [1, 4])
    #expect(matrix.indexOfMaximum(along: 1).integers == [2, 2])
    #expect(matrix.cumulativeSum(along: 1).floats == [1, 3, 6, 4, 9, 15])
    #expect(close(matrix.logSumExponentials(along: 1), [3.407606, 6.407606]))
    #expect(close(matrix.softmax().selected(0, 0), [0.09003057, 0.24472847, 0.66524096]))
    #expect(close(matrix.logSoftmax().selected(0, 1), [-2.407606, -1.407606, -0.407606]))
    let unordered = Tensor([3, 1, 2, 1] as [Float])
    let (values, places) = unordered.sorted()
    #expect(values.floats == [1, 1, 2, 3] && places.integers == [1, 3, 2, 0])
    let top = unordered.top(2)
    #expect(top.values.floats == [3, 2] && top.indices.integers == [0, 2])
  }

  @Test("Matrix products, embedding, layer norm, attention, cross-entropy")
  func layers() {
    #expect(matrix.matmul(matrix.transposed(0, 1)).floats == [14, 32, 32, 77])
    #expect(matrix.linear(.ones([1, 3]), bias: Tensor([1] as [Float])).floats == [7, 16])
    #expect(matrix.embedding(Tensor([1, 0, 1])).shape == [3, 3])
    #expect(
      close(matrix.layerNorm(weight: nil, bias: nil, epsilon: 0), [-1.2247449, 0, 1.2247449, -1.2247449, 0, 1.2247449]))
    let one = Tensor.ones([1, 1, 2, 1])
    let mean = Tensor.attention(query: one, key: one, value: Tensor([1, 3] as [Float], shape: [1, 1, 2, 1]), scale: 1)
    #expect(close(mean, [2, 2]))
    let loss = Tensor.zeros([3, 4]).crossEntropySum(targets: Tensor([0, 3, -100]))
    #expect(abs(loss.scalar - 2 * 1.3862944) < 1e-5)
  }

  @Test("In-place changes, for parameters and optimisers")
  func inPlace() {
    let tensor = Tensor([3, 4] as [Float])
    #expect(abs(Tensor.norm(of: [tensor, Tensor([12] as [Float])]) - 13) < 1e-5)
    tensor.add(.ones([2]), scale: 2)
    tensor.scale(by: 10)
    #expect(tensor.floats == [50, 60])
    Tensor.scale([tensor], by: 0.5)
    tensor.assign(0, at: Tensor([1]), Tensor([7] as [Float]))
    #expect(tensor.floats == [25, 7])
    tensor.assign(Tensor([1, 2], shape: [2]))
    #expect(tensor.floats == [1, 2])
    tensor.fill(0)
    #expect(tensor.floats == [0, 0])
  }

  @Test("Gradients, and scopes without and with them")
  func gradients() throws {
    let x = matrix.leaf()
    let y = (x * x).sum
    y.backward()
    #expect(try #require(x.gradient).floats == [2, 4, 6, 8, 10, 12])
    (x * 1).sum.backward()
    #expect(try #require(x.gradient).floats == [3, 5, 7, 9, 11, 13])
    x.setGradient(nil)
    #expect(x.gradient == nil)
    withoutGradients {
      #expect(!(x * 2).requiresGradient)
      withGradients { #expect((x * 2).requiresGradient) }
      #expect(!(x * 2).requiresGradient)
    }
    #expect((x * 2).requiresGradient && !(x * 2).detached.requiresGradient)
    struct Stop: Error {}
    #expect(throws: Stop.self) { try withoutGradients { throw Stop() } }
    #expect((x * 2).requiresGradient)
  }

  @Test("A shape that does not fit traps with the operation and the shapes")
  func traps() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]) + Tensor.zeros([4])
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("add of shapes [2, 3], [4]"))
  }
}

@Suite("The engine", .serialized)
struct EngineTests {
  @Test("Versions, threads and devices")
  func facts() {
    #expect(Engine.version.split(separator: ".").count >= 2)
    #expect(!Engine.capability.isEmpty && !Engine.kernelFeatures.isEmpty)
    let threads = Engine.threads
    Engine.threads = 1
    #expect(Engine.threads == 1)
    Engine.threads = threads
    #expect(Engine.threads == threads && threads >= 1)
    Engine.synchronize(.cpu)
  }

  @Test("Random state comes back to the bit")
  func randomState() {
    Engine.seed(11)
    _ = Tensor.normal([7])
    let state = Engine.randomState
    let first = Tensor.normal([1000]).floats
    Engine.randomState = state
    #expect(Tensor.normal([1000]).floats == first)
  }

  @Test("Peak memory grows with what is held")
  func memory() {
    let before = Memory.peakResidentBytes
    #expect(before > 0 && Memory.physicalBytes > before)
    let held = Tensor.ones([60_000_000])
    #expect(Memory.peakResidentBytes >= max(before, held.byteCount))
  }
}
