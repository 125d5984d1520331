import OrchardLayers
import OrchardTensors
import Testing

@Suite("Linear layers for whole texts against their single steps")
struct ManyRowsTests {
  private func layer(_ inputs: Int, _ outputs: Int, _ dtype: DType) -> Linear {
    let layer = Linear(inputs, outputs, bias: true, deviation: 0.3)
    for parameter in layer.parameters { parameter.load(Tensor.normal(parameter.shape, deviation: 0.3).to(dtype)) }
    return layer
  }

  static let types = [DType.float32, .bfloat16]

  /// Below 32 rows other kernels are at work, and widths below 16 are not oneDNN's.
  @Test("Bias, activation and residual in one pass", arguments: types, [[5, 20, 24], [40, 48, 36], [70, 8, 33]])
  func finished(dtype: DType, shape: [Int]) {
    Engine.seed(1)
    let linear = layer(shape[1], shape[2], dtype)
    let input = Tensor.normal([2, shape[0], shape[1]]).to(dtype)
    let residual = Tensor.normal([2, shape[0], shape[2]]).to(dtype)
    let wide = layer(shape[1], shape[2], .float32)
    for (copy, own) in zip(wide.parameters, linear.parameters) { copy.load(own.tensor.to(.float32)) }
    let plain = wide(input.to(.float32))
    let tolerance = dtype == .float32 ? 1e-5 : 2e-2
    withoutGradients {
      #expect(linear.whole(input).distance(to: plain) < tolerance)
      #expect(linear.whole(input, addedTo: residual).distance(to: plain + residual.to(.float32)) < tolerance)
      for activation in Activation.allCases {
        let made = linear(input, activation: activation)
        #expect(made.dtype == dtype && made.distance(to: activation(plain)) < tolerance, "\(activation)")
      }
    }
  }

  @Test("Several layers as one product; their weights stay their own", arguments: types)
  func joined(dtype: DType) throws {
    Engine.seed(2)
    let layers = (0..<3).map { _ in layer(24, 16, dtype) }
    let input = Tensor.normal([40, 24]).to(dtype)
    let expected = Tensor.concatenated(layers.map { $0(input) }, along: 1).to(.float32)
    let weights = layers.flatMap { $0.parameters.map { $0.tensor.to(.float32).floats } }
    let joined = JoinedLinear()
    let tolerance = dtype == .float32 ? 1e-5 : 2e-2
    try withoutGradients {
      let first = try #require(joined(layers, input))
      #expect(first.distance(to: expected) < tolerance)
      #expect(layers.flatMap { $0.parameters.map { $0.tensor.to(.float32).floats } } == weights)
      // A layer with new weights is noticed, one whose weights change in place too.
      layers[1].parameters[0].load(layers[0].parameters[0].tensor.copied)
      layers[2].parameters[0].tensor.scale(by: 2)
      let again = Tensor.concatenated(layers.map { $0(input) }, along: 1).to(.float32)
      let second = try #require(joined(layers, input))
      #expect(second.distance(to: again) < tolerance)
      #expect(again.distance(to: expected) > 0.1)
    }
    #expect(withGradients { joined(layers, input) } == nil)
    let narrow = layers + [layer(24, 8, dtype)]
    #expect(withoutGradients { joined(narrow, input) } == nil)
  }
}
