import OrchardTensors
import Testing

@Suite("Linear layers of many rows", .serialized)
struct ManyRowsTests {
  @Test(
    "Output and gradients as those of a plain matrix product",
    arguments: [[40, 33, 37], [32, 32, 32], [31, 64, 64], [130, 100, 257], [64, 8, 64], [1000, 71, 65]], [true, false])
  func product(sizes: [Int], hasBias: Bool) throws {
    Engine.seed(1)
    // The rows stand in two dimensions where they can.
    let shape = sizes[0] % 2 == 0 ? [2, sizes[0] / 2, sizes[1]] : [sizes[0], sizes[1]]
    var inputs = [Tensor.normal(shape), Tensor.normal([sizes[2], sizes[1]])]
    if hasBias { inputs.append(.normal([sizes[2]])) }
    let found = outcome(inputs) { $0[0].linear($0[1], bias: hasBias ? $0[2] : nil) }
    let expected = outcome(inputs) { inputs in
      let product = inputs[0].matmul(inputs[1].transposed(0, 1))
      return hasBias ? product + inputs[2] : product
    }
    #expect(found.output.shape == expected.output.shape)
    #expect(found.output.distance(to: expected.output) < 1e-5)
    for (gradient, expected) in zip(found.gradients, expected.gradients) {
      let gradient = try #require(gradient)
      #expect(gradient.distance(to: try #require(expected)) < 1e-5)
    }
  }

  @Test("An input that does not lie in order, and a weight that is not trained")
  func permuted() throws {
    Engine.seed(2)
    let weight = Tensor.normal([48, 40])
    let input = Tensor.normal([40, 50])
    let found = outcome([input]) { $0[0].transposed(0, 1).linear(weight) }
    #expect(found.output.distance(to: input.transposed(0, 1).matmul(weight.transposed(0, 1))) < 1e-5)
    Engine.seed(99)
    let upstream = Tensor.normal([50, 48])
    #expect(try #require(found.gradients[0]).distance(to: upstream.matmul(weight).transposed(0, 1)) < 1e-5)
  }
}
