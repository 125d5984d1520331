import OrchardLayers
import OrchardTensors
import Testing

/// Every fast path against the readable one beside it: outputs and gradients, in fp32 and bf16.
@Suite("Fused layers against their single steps", .serialized)
struct FusedLayersTests {
  static let types = [DType.float32, .bfloat16]

  func compare(
    _ inputs: [Tensor], tolerance: Double? = nil, _ fused: ([Tensor]) -> Tensor, _ composed: ([Tensor]) -> Tensor
  ) throws {
    let tolerance = tolerance ?? (inputs[0].dtype == .float32 ? 5e-6 : 4e-2)
    let found = outcome(inputs, fused)
    // The steps round after each in bf16; what is compared with is computed in fp32 from the same numbers.
    let expected = outcome(inputs.map { $0.to(.float32) }, composed)
    #expect(found.output.dtype == inputs[0].dtype)
    #expect(found.output.distance(to: expected.output) < tolerance)
    for (index, expected) in expected.gradients.enumerated() {
      let gradient = try #require(found.gradients[index])
      #expect(gradient.dtype == inputs[index].dtype)
      #expect(gradient.distance(to: try #require(expected)) < tolerance, "gradient \(index)")
    }
  }

  @Test("RMS norm", arguments: types, [[1, 1, 3], [2, 5, 16], [130, 33], [3, 512]])
  func norm(dtype: DType, shape: [Int]) throws {
    Engine.seed(1)
    let inputs = [Tensor.normal(shape, deviation: 3), Tensor.normal([shape[shape.count - 1]], mean: 1)]
    try compare(
      inputs.map { $0.to(dtype) }, { $0[0].rmsNorm($0[1], epsilon: 1e-3) },
      { $0[0].rmsNormComposed($0[1], epsilon: 1e-3) })
  }

  @Test("RMS norm of a tensor that does not lie in order")
  func permutedNorm() throws {
    Engine.seed(2)
    try compare(
      [Tensor.normal([5, 4, 7]), Tensor.normal([4])], { $0[0].transposed(1, 2).rmsNorm($0[1], epsilon: 1e-6) },
      { $0[0].transposed(1, 2).rmsNormComposed($0[1], epsilon: 1e-6) })
  }

  @Test("Gated activation", arguments: Activation.allCases, types)
  func gated(activation: Activation, dtype: DType) throws {
    Engine.seed(3)
    // More than one block of the kernel, and places far out where an exponential would overflow.
    let far = Tensor([Float(-200), -90, -20, 0, 20, 90, 200, 1e-20])
    let gate = Tensor.concatenated([Tensor.normal([20001], deviation: 3), far], along: 0)
    try compare(
      [gate.to(dtype), Tensor.normal([20009]).to(dtype)], { $0[0].gated(by: activation, $0[1]) },
      { $0[0].gatedComposed(by: activation, $0[1]) })
  }

  @Test("Rotary positions", arguments: types, [false, true])
  func rotary(dtype: DType, perRow: Bool) throws {
    Engine.seed(4)
    let positions = RotaryPositions(headWidth: 8, base: 10000)
    let places = Tensor(perRow ? Array(0..<10) : Array(3..<8), shape: perRow ? [2, 5] : [5])
    let angles = positions.angles(at: places)
    try compare(
      [Tensor.normal([2, 5, 3, 8]).to(dtype)], { RotaryPositions.turn($0[0].transposed(1, 2), by: angles) },
      { RotaryPositions.turnComposed($0[0].transposed(1, 2), by: angles) })
  }

  struct Heads: Sendable, CustomStringConvertible {
    var rows = 2
    var heads = 4
    var keyHeads = 4
    var queries = 7
    var keys = 7
    var width = 8
    var causal = false
    var padded = false
    var bias: Int?  // its rows
    var description: String {
      "\(rows)x\(heads)/\(keyHeads)x\(queries)/\(keys)x\(width) \(causal) \(padded) \(bias ?? 0)"
    }

    static let all = [
      Heads(), Heads(causal: true), Heads(queries: 1, keys: 1), Heads(padded: true, bias: 1),
      Heads(causal: true, bias: 1), Heads(causal: true, bias: 2), Heads(keyHeads: 2, causal: true, padded: true),
      Heads(rows: 3, heads: 6, keyHeads: 2, queries: 5, keys: 9, width: 3, causal: true, padded: true, bias: 1),
      Heads(rows: 1, heads: 2, keyHeads: 1, queries: 300, keys: 300, width: 16, causal: true, bias: 1),
      Heads(rows: 2, heads: 2, keyHeads: 2, queries: 40, keys: 700, width: 16, padded: true),
    ]

    func mask(_ bias: Tensor?) -> AttentionMask {
      let lengths = (0..<rows).map { max(1, keys - 2 * $0) }
      return AttentionMask(
        causal: causal, visible: padded ? AttentionMask.visible(lengths: lengths, of: keys, on: .cpu) : nil, bias: bias)
    }

    var inputs: [Tensor] {
      Engine.seed(5)
      var inputs = [
        Tensor.normal([rows, queries, heads, width]), Tensor.normal([rows, keys, keyHeads, width]),
        Tensor.normal([rows, keys, keyHeads, width]),
      ]
      if let bias { inputs.append(.normal([bias, heads, queries, keys])) }
      return inputs
    }
  }

  @Test("Attention", arguments: Heads.all, types)
  func attention(heads: Heads, dtype: DType) throws {
    func arguments(_ inputs: [Tensor]) -> (Tensor, Tensor, Tensor, AttentionMask) {
      let states = inputs.prefix(3).map { $0.transposed(1, 2) }
      return (states[0], states[1], states[2], heads.mask(inputs.count > 3 ? inputs[3] : nil))
    }
    try compare(heads.inputs.map { $0.to(dtype) }) { inputs in
      let (query, key, value, mask) = arguments(inputs)
      return Attention.attend(query: query, key: key, value: value, mask: mask, scale: 0.3)
    } _: { inputs in
      let (query, key, value, mask) = arguments(inputs)
      return Attention.composed(query: query, key: key, value: value, mask: mask, scale: 0.3)
    }
  }

  @Test("Attention without gradients equals attention with them", arguments: Heads.all)
  func inference(heads: Heads) {
    let inputs = heads.inputs
    let states = inputs.prefix(3).map { $0.transposed(1, 2) }
    let mask = heads.mask(inputs.count > 3 ? inputs[3] : nil)
    let recorded = Attention.attend(
      query: states[0].leaf(), key: states[1], value: states[2], mask: mask, scale: 0.3)
    let plain = Attention.attend(query: states[0], key: states[1], value: states[2], mask: mask, scale: 0.3)
    #expect(plain.distance(to: recorded.detached) < 5e-6)
  }

  @Test("Dropout in attention: its gradients are those of the very mask that it drew")
  func attentionDropout() throws {
    let heads = Heads(rows: 2, heads: 2, keyHeads: 2, queries: 6, keys: 6, width: 6, bias: 1)
    let inputs = heads.inputs
    // With the values the unit matrix, the output is the dropped probabilities themselves.
    let unit = Tensor((0..<36).map { Float($0 / 6 == $0 % 6 ? 1 : 0) }, shape: [1, 1, 6, 6]).expanded([2, 2, 6, 6])
    let query = inputs[0].transposed(1, 2)
    let key = inputs[1].transposed(1, 2)
    func run(_ query: Tensor, _ value: Tensor, _ bias: Tensor) -> Tensor {
      Engine.seed(17)
      return Attention.attend(query: query, key: key, value: value, mask: heads.mask(bias), scale: 0.5, dropout: 0.4)
    }
    let dropped = run(query.leaf(), unit, inputs[3]).detached
    let whole = Attention.composed(query: query, key: key, value: unit, mask: heads.mask(inputs[3]), scale: 0.5)
    let factors = (dropped / whole).floats
    #expect(factors.allSatisfy { abs($0) < 1e-4 || abs($0 - 1 / 0.6) < 1e-4 })
    #expect(factors.contains { abs($0) < 1e-4 } && factors.contains { $0 > 1 })
    let kept = Tensor(factors, shape: dropped.shape)
    try compare([query, inputs[2].transposed(1, 2), inputs[3]]) {
      run($0[0], $0[1], $0[2])
    } _: { inputs in
      let scores = inputs[0].matmul(key.transposed(-1, -2)) * 0.5 + inputs[2]
      return (scores.softmax() * kept).matmul(inputs[1])
    }
  }

  @Test("Gated activation with dropout: its gradients are those of the very mask that it drew")
  func gatedDropout() throws {
    Engine.seed(8)
    let inputs = [Tensor.normal([40000], mean: 1), Tensor.normal([40000], mean: 3)]
    func run(_ inputs: [Tensor]) -> Tensor {
      Engine.seed(18)
      return inputs[0].gated(by: .silu, inputs[1], dropout: 0.25)
    }
    let kept = (run(inputs).absolute .> 0.0).to(.float32) / 0.75
    let share = Double(kept.sum.scalar * 0.75) / 40000
    #expect(abs(share - 0.75) < 0.01)
    try compare(inputs, run) { $0[0].gatedComposed(by: .silu, $0[1]) * kept }
  }

  @Test("Dropout beside the residual stream", arguments: types)
  func residual(dtype: DType) throws {
    Engine.seed(9)
    let inputs = [Tensor.normal([3, 20011]).to(dtype), (Tensor.normal([3, 20011]) + 5).to(dtype)]
    func run(_ inputs: [Tensor]) -> Tensor {
      Engine.seed(19)
      return inputs[0].adding(inputs[1], dropout: 0.1)
    }
    let kept = ((run(inputs) - inputs[0]).to(.float32).absolute .> 0.01).to(.float32) / 0.9
    try compare(inputs, run) { $0[0] + $0[1] * kept }
    #expect(inputs[0].adding(inputs[1], dropout: 0).distance(to: inputs[0] + inputs[1]) == 0)
  }
}
