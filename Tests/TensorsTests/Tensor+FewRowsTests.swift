import OrchardTensors
import Testing

@Suite("Products of a few rows")
struct FewRowsTests {
  /// Sizes that fill whole vectors and such that do not; rows below, at and above the limits of a group.
  static let cases: [(rows: Int, inputs: Int, outputs: Int)] = [
    (1, 1, 1), (1, 7, 3), (1, 64, 24), (1, 770, 49), (2, 33, 25), (3, 2816, 30), (4, 100, 23), (5, 1040, 72),
    (6, 47, 5), (7, 2050, 26), (8, 768, 100), (9, 31, 48), (12, 129, 50), (16, 1030, 27), (17, 64, 24), (32, 100, 25),
    (33, 64, 24),
  ]

  @Test("x·Wᵀ + b equals the general product", arguments: cases, [DType.float32, .bfloat16])
  func linear(size: (rows: Int, inputs: Int, outputs: Int), dtype: DType) {
    let (input, weight, bias) = numbers(size, dtype)
    let expected = input.wide.matmul(weight.wide.transposed(0, 1)) + bias.wide
    #expect(input.hasFewRows(for: weight) == (size.rows <= 32))
    #expect(input.linear(weight, bias: bias).differs(from: expected) <= tolerance(dtype))
  }

  @Test(
    "Several weights at once, a residual, a gate", arguments: cases.filter { $0.rows <= 32 },
    [DType.float32, .bfloat16])
  func joined(size: (rows: Int, inputs: Int, outputs: Int), dtype: DType) {
    let (input, weight, bias) = numbers(size, dtype)
    let other = Tensor.normal([size.outputs + 5, size.inputs], deviation: 0.5).to(dtype)
    let several = input.fewRowsLinear([weight, other], biases: [bias, nil])
    let first = input.wide.matmul(weight.wide.transposed(0, 1)) + bias.wide
    #expect(several[0].differs(from: first) <= tolerance(dtype))
    #expect(several[1].differs(from: input.wide.matmul(other.wide.transposed(0, 1))) <= tolerance(dtype))

    let residual = Tensor.normal([size.rows, size.outputs]).to(dtype)
    let weights = StepProgram.Weight(.plain(weight), bias: bias)
    let added = through(input, and: residual) { program, input, residual in
      program.product(input, weights, addedTo: residual)
    }
    #expect(added.differs(from: first + residual.wide) <= tolerance(dtype))

    let up = Tensor.normal([size.outputs, size.inputs], deviation: 0.5).to(dtype)
    let raised = input.wide.matmul(up.wide.transposed(0, 1))
    let functions: [(GateActivation, (Tensor) -> Tensor)] = [
      (.relu, \.relu), (.gelu, { $0.gelu() }), (.geluTanh, { $0.gelu(tanhForm: true) }), (.silu, \.silu),
    ]
    for (activation, function) in functions {
      let gated = through(input) { program, input, _ in
        program.gated(
          input, normed: nil, gate: weights, up: .init(.plain(up), bias: nil), activation: activation)
      }
      #expect(gated.differs(from: function(first) * raised) <= tolerance(dtype), "\(activation)")
      let activated = through(input) { program, input, _ in program.product(input, weights, activation: activation) }
      #expect(activated.differs(from: function(first)) <= tolerance(dtype), "\(activation)")
    }
  }

  @Test("An activation far from zero neither overflows nor loses its sign")
  func extremes() {
    let input = Tensor([1], shape: [1, 1]).to(.float32)
    let gate = Tensor([-1e4, -90, -1, 0, 1, 90, 1e4] as [Float], shape: [7, 1])
    let up = Tensor.ones([7, 1])
    for (activation, function) in [
      (GateActivation.silu, { (x: Tensor) in x.silu }), (.geluTanh, { $0.gelu(tanhForm: true) }),
    ] {
      let gated = through(input) { program, input, _ in
        program.gated(
          input, normed: nil, gate: .init(.plain(gate), bias: nil), up: .init(.plain(up), bias: nil),
          activation: activation)
      }
      #expect(gated.differs(from: function(gate.transposed(0, 1))) < 1e-5)
    }
  }

  @Test("Gradients take the general product")
  func gradients() {
    let weight = Tensor.normal([5, 4])
    weight.setRequiresGradient(true)
    let input = Tensor.normal([2, 4])
    #expect(!input.hasFewRows(for: weight))
    #expect(withoutGradients { input.hasFewRows(for: weight) })
    input.linear(weight).sum.backward()
    #expect(weight.gradient?.differs(from: input.sum(along: 0).unsqueezed(0).expanded([5, 4])) ?? 1 < 1e-6)
  }

  @Test("A number that is none stays none")
  func notANumber() {
    let input = Tensor([Float.nan, 1], shape: [2, 1])
    let weight = Tensor.ones([3, 1])
    for dtype in [DType.float32, .bfloat16] {
      let output = input.to(dtype).linear(weight.to(dtype)).floats
      #expect(output[..<3].allSatisfy(\.isNaN) && output[3...].allSatisfy { $0 == 1 })
    }
  }

  /// The last buffer of a program over rows, and over others side by side with them.
  private func through(
    _ input: Tensor, and other: Tensor? = nil,
    _ steps: (StepProgram, StepProgram.Buffer, StepProgram.Buffer?) -> StepProgram.Buffer?
  ) -> Tensor {
    let program = StepProgram()
    let (rows, width) = (input.size(0), input.size(1))
    guard let other else {
      _ = steps(program, 0, nil)
      return withoutGradients { program(input.reshaped([rows, 1, width]), caches: [], lengths: rows.zeros) }
        .reshaped([rows, -1])
    }
    // The identity's rows pick the parts out again.
    func part(_ start: Int, _ count: Int) -> StepProgram.Weight {
      let whole = (0..<count).map { place in (0..<width + other.size(1)).map { $0 == start + place ? Float(1) : 0 } }
      return .init(
        .plain(Tensor(whole.flatMap { $0 }, shape: [count, width + other.size(1)]).to(input.dtype)), bias: nil)
    }
    let parts = program.products(0, [part(0, width), part(width, other.size(1))]) ?? []
    _ = steps(program, parts[0], parts[1])
    return withoutGradients {
      program(
        Tensor.concatenated([input, other], along: 1).reshaped([rows, 1, -1]), caches: [], lengths: rows.zeros)
    }.reshaped([rows, -1])
  }

  private func numbers(_ size: (rows: Int, inputs: Int, outputs: Int), _ dtype: DType) -> (Tensor, Tensor, Tensor) {
    Engine.seed(UInt64(size.rows * size.inputs + size.outputs))
    let scale = 1 / Double(size.inputs).squareRoot()
    return (
      Tensor.normal([size.rows, size.inputs]).to(dtype),
      Tensor.normal([size.outputs, size.inputs], deviation: scale).to(dtype),
      Tensor.normal([size.outputs]).to(dtype)
    )
  }

  /// Sums are taken in fp32 for both types; the result of bf16 is rounded to its eight bits.
  private func tolerance(_ dtype: DType) -> Double { dtype == .float32 ? 2e-5 : 8e-3 }
}

extension Int {
  fileprivate var zeros: [Int] { Array(repeating: 0, count: self) }
}

extension Tensor {
  fileprivate var wide: Tensor { to(.float64) }

  /// The greatest difference, relative to the greatest number where that is above 1.
  fileprivate func differs(from expected: Tensor) -> Double {
    let expected = expected.wide
    let greatest = expected.absolute.reshaped([-1]).maximum(along: 0).scalar
    return (wide - expected).absolute.reshaped([-1]).maximum(along: 0).scalar / max(1, greatest)
  }
}
