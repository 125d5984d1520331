import OrchardLayers
import OrchardTensors
import Testing

/// A small model whose head is its embedding.
private final class Tied: Module {
  let embedding = Embedding(5, 3, deviation: 1)
  let layers = [Linear(3, 3, bias: true), Linear(3, 3)]
  let norm: RMSNorm? = RMSNorm(3, epsilon: 1e-6)
  let absent: Linear? = nil
  let head: Linear

  init() {
    head = Linear(3, 5)
    head.slot = DenseWeight(sharing: embedding.weight)
  }
}

@Suite("Modules and parameters")
struct ModuleTests {
  @Test("Every parameter has its path, a shared one under each, and counts once")
  func parameters() {
    let model = Tied()
    #expect(
      model.namedParameters.map(\.path) == [
        "embedding.weight", "layers.0.slot.weight", "layers.0.bias", "layers.1.slot.weight", "norm.weight",
        "head.slot.weight",
      ])
    #expect(model.parameters.count == 5)
    #expect(model.parameterCount == 15 + 9 + 3 + 9 + 3)
    #expect(model.namedModules.map(\.path).contains("layers.1.slot"))
  }

  @Test("A parameter begins as it says, and is trained only where it is wanted and allowed")
  func start() {
    Engine.seed(1)
    let weight = Parameter([200, 50], start: .normal(deviation: 0.5))
    #expect(!weight.isLoaded && weight.count == 10000)
    weight.initialize(dtype: .float32, on: .cpu)
    #expect(weight.isLoaded && abs((weight.tensor * weight.tensor).mean.scalar.squareRoot() - 0.5) < 0.02)
    #expect(!weight.tensor.requiresGradient)
    weight.wantsGradients = true
    #expect(weight.tensor.requiresGradient)
    weight.isTrainable = false
    #expect(!weight.tensor.requiresGradient)
    let bias = Parameter([3], start: .constant(0.25))
    bias.initialize(dtype: .bfloat16, on: .cpu)
    #expect(bias.tensor.floats == [0.25, 0.25, 0.25] && bias.tensor.dtype == .bfloat16)
  }

  @Test("A gradient reaches a shared weight from both places")
  func shared() throws {
    Engine.seed(2)
    let model = Tied()
    for parameter in model.parameters {
      parameter.initialize(dtype: .float32, on: .cpu)
      parameter.wantsGradients = true
    }
    let ids = Tensor([1, 4])
    model.head(model.embedding(ids)).sum.backward()
    let weight = model.embedding.weight.tensor
    let rows = weight.detached.indexed(0, by: ids)
    // d/dW of Σ over tokens t and rows v of W[t]·W[v]: the sum of all rows at t, the sum of tokens' rows everywhere.
    let expected = Tensor.zeros([5, 3]).scattered(
      0, by: Tensor([1, 1, 1, 4, 4, 4], shape: [2, 3]),
      from: weight.detached.sum(along: 0, keepingDimension: true).expanded([2, 3]))
    let gradient = try #require(weight.gradient)
    #expect(gradient.distance(to: expected + rows.sum(along: 0, keepingDimension: true)) < 1e-5)
  }
}
