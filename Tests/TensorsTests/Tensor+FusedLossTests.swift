import OrchardTensors
import Testing

@Suite("Linear cross-entropy by chunks", .serialized)
struct FusedLossTests {
  struct Case: Sendable, CustomStringConvertible {
    var rows = 23
    var dtype = DType.float32
    var chunk: Int?
    var scale = 1.0
    var smoothing = 0.0
    var bias = false
    var ignoring = true
    var description: String { "\(rows) \(dtype) \(chunk ?? 0) \(scale) \(smoothing) \(bias) \(ignoring)" }

    static let all = [
      Case(), Case(chunk: 7), Case(chunk: 7, scale: 0.3, smoothing: 0.1), Case(chunk: 1, bias: true),
      Case(chunk: 100, smoothing: 0.2, bias: true, ignoring: false), Case(rows: 1), Case(rows: 64, ignoring: false),
      Case(dtype: .bfloat16), Case(dtype: .bfloat16, chunk: 5, scale: 0.5, smoothing: 0.1, bias: true),
    ]

    var inputs: [Tensor] {
      Engine.seed(UInt64(rows))
      let made = [
        Tensor.normal([rows, 16], deviation: 2), Tensor.normal([37, 16]), Tensor.normal([37]),
      ]
      return (bias ? made : Array(made.prefix(2))).map { $0.to(dtype) }
    }

    var targets: Tensor {
      Tensor((0..<rows).map { (row: Int) -> Int in ignoring && row % 5 == 2 ? -100 : (row * 7 + 3) % 37 })
    }

    var coefficients: Tensor {
      Tensor((0..<rows).map { (row: Int) -> Float in ignoring && row % 4 == 1 ? 0 : Float(row % 3 + 1) / 10 })
    }
  }

  @Test("Loss and gradients as in single steps", arguments: Case.all)
  func gradients(test: Case) throws {
    let tolerance = test.dtype == .float32 ? 2e-6 : 3e-2
    let fused = outcome(test.inputs) { inputs in
      .linearCrossEntropy(
        hidden: inputs[0], weight: inputs[1], bias: test.bias ? inputs[2] : nil, targets: test.targets,
        coefficients: test.coefficients, scale: test.scale, smoothing: test.smoothing, chunk: test.chunk)
    }
    let expected = outcome(test.inputs) { inputs in
      .linearCrossEntropyComposed(
        hidden: inputs[0], weight: inputs[1], bias: test.bias ? inputs[2] : nil, targets: test.targets,
        coefficients: test.coefficients, scale: test.scale, smoothing: test.smoothing)
    }
    #expect(fused.output.distance(to: expected.output) < tolerance)
    for (gradient, expected) in zip(fused.gradients, expected.gradients) {
      let gradient = try #require(gradient)
      #expect(gradient.distance(to: try #require(expected)) < tolerance)
    }
  }

  @Test("Losses of single rows", arguments: Case.all)
  func rows(test: Case) {
    let inputs = test.inputs
    let losses = Tensor.linearTokenLosses(
      hidden: inputs[0], weight: inputs[1], bias: test.bias ? inputs[2] : nil, targets: test.targets,
      scale: test.scale, smoothing: test.smoothing, chunk: test.chunk)
    #expect(losses.shape == [test.rows])
    for row in 0..<test.rows {
      let expected = Tensor.linearCrossEntropyComposed(
        hidden: inputs[0].sliced(0, row..<row + 1), weight: inputs[1], bias: test.bias ? inputs[2] : nil,
        targets: test.targets.sliced(0, row..<row + 1), coefficients: .ones([1]), scale: test.scale,
        smoothing: test.smoothing)
      #expect(abs(losses.selected(0, row).scalar - expected.scalar) < (test.dtype == .float32 ? 1e-5 : 0.1))
    }
  }

  @Test("A cap on the logits: loss, gradients and losses of rows as in single steps", arguments: [nil, 5] as [Int?])
  func capped(chunk: Int?) throws {
    let test = Case()
    // Large logits, so that the cap's slope matters.
    let inputs = test.inputs.prefix(2).map { $0 * 2 }
    let fused = outcome(Array(inputs)) { inputs in
      .linearCrossEntropy(
        hidden: inputs[0], weight: inputs[1], targets: test.targets, coefficients: test.coefficients, cap: 1.5,
        smoothing: 0.1, chunk: chunk)
    }
    let expected = outcome(Array(inputs)) { inputs in
      .linearCrossEntropyComposed(
        hidden: inputs[0], weight: inputs[1], targets: test.targets, coefficients: test.coefficients, cap: 1.5,
        smoothing: 0.1)
    }
    #expect(fused.output.distance(to: expected.output) < 2e-6)
    for (gradient, expected) in zip(fused.gradients, expected.gradients) {
      #expect(try #require(gradient).distance(to: try #require(expected)) < 2e-6)
    }
    let losses = Tensor.linearTokenLosses(
      hidden: inputs[0], weight: inputs[1], targets: test.targets, cap: 1.5, smoothing: 0.1, chunk: chunk)
    let sum = (losses * test.coefficients * (test.targets .!= -100.0).to(.float32)).sum
    #expect(sum.distance(to: expected.output.detached) < 1e-5)
  }

  @Test("A batch in which no row counts has the loss 0 and gradients of 0")
  func nothing() throws {
    let result = outcome(Case().inputs) { inputs in
      .linearCrossEntropy(
        hidden: inputs[0], weight: inputs[1], targets: .full([23], -100, dtype: .int64), coefficients: .ones([23]))
    }
    #expect(result.output.scalar == 0)
    for gradient in result.gradients {
      #expect(try #require(gradient).absolute.sum.scalar == 0)
    }
  }

  @Test("Very large logits neither overflow nor become not-a-number")
  func large() {
    let loss = Tensor.linearTokenLosses(
      hidden: .full([1, 1], 1e4), weight: Tensor([Float(1), -1, 0.5], shape: [3, 1]), targets: Tensor([2]))
    #expect(abs(loss.scalar - 5000) < 1)
  }
}
