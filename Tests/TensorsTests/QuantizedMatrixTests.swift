import OrchardTensors
import Testing

// One after the other: a test switches the kernels for the whole process.
@Suite("Weights in 8 and 4 bits", .serialized)
struct QuantizedMatrixTests {
  static let bits = [QuantizedMatrix.Bits.eight, .four]

  private func random(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
    Engine.seed(seed)
    return .normal(shape)
  }

  private func greatest(_ tensor: Tensor) -> Double { tensor.absolute.reshaped([-1]).maximum(along: 0).scalar }

  @Test("A number differs from its own by half a step at most", arguments: bits)
  func rounding(bits: QuantizedMatrix.Bits) throws {
    // 37 outputs and 100 inputs fill neither the last panel nor the last group.
    let matrix = random([37, 100])
    let quantized = try QuantizedMatrix(matrix, bits: bits)
    let size = bits == .eight ? 64 : 32
    let back = quantized.dequantized()
    #expect(back.shape == [37, 100])
    for start in stride(from: 0, to: 100, by: size) {
      let group = start..<min(start + size, 100)
      let far = matrix.sliced(1, group).absolute.maximum(along: 1)
      let wrong = (back - matrix).sliced(1, group).absolute.maximum(along: 1)
      // 8 bits: a step is 1/127 of the farthest. 4 bits: 1/8, and what lies beyond code 7 loses a step at most.
      let bound = far * (bits == .eight ? 0.51 / 127 : 1.05 / 8)
      let holds = (wrong .<= bound).all
      #expect(holds)
    }
  }

  @Test("Products equal those of the dequantised matrix but for the rounded rows", arguments: bits, [1, 3, 8, 19])
  func products(bits: QuantizedMatrix.Bits, rows: Int) throws {
    let quantized = try QuantizedMatrix(random([50, 200]), bits: bits)
    let input = random([rows, 200], seed: 2)
    let bias = random([50], seed: 3)
    let residual = random([rows, 50], seed: 4)
    try withoutGradients {
      let made = quantized.linear(input, bias: bias, addedTo: residual)
      let exact = input.linear(quantized.dequantized(), bias: bias) + residual
      // A rounded number is off by 1/254 of its group's farthest; over 200 products that adds up like a random walk.
      #expect(greatest(made - exact) < 0.02 * greatest(exact))
      let plain = QuantizedMatrix.plainly { quantized.linear(input, bias: bias, addedTo: residual) }
      #expect(greatest(made - plain) < 1e-4)
      let other = try QuantizedMatrix(random([7, 200], seed: 5), bits: bits)
      let joined = QuantizedMatrix.linear([quantized, other], biases: [bias, nil], for: input)
      #expect(greatest(joined[0] - quantized.linear(input, bias: bias)) == 0)
      #expect(greatest(joined[1] - other.linear(input)) == 0)
    }
  }

  @Test("A row's product does not depend on the rows beside it", arguments: bits)
  func rowsAlone(bits: QuantizedMatrix.Bits) throws {
    let quantized = try QuantizedMatrix(random([33, 96]), bits: bits)
    let input = random([11, 96], seed: 2)
    withoutGradients {
      let together = quantized.linear(input)
      for row in 0..<11 {
        let alone = quantized.linear(input.sliced(0, row..<row + 1))
        #expect(greatest(alone - together.sliced(0, row..<row + 1)) == 0)
      }
    }
  }

  @Test("bf16 goes in and out")
  func narrow() throws {
    let quantized = try QuantizedMatrix(random([32, 64]).to(.bfloat16), bits: .eight)
    let input = random([2, 64], seed: 2).to(.bfloat16)
    withoutGradients {
      let made = quantized.linear(input)
      #expect(made.dtype == .bfloat16)
      let exact = input.to(.float32).linear(quantized.dequantized())
      #expect(greatest(made.to(.float32) - exact) < 0.02 * greatest(exact))
    }
  }

  @Test("The gradient for the input is that of the dequantised matrix")
  func gradient() throws {
    let quantized = try QuantizedMatrix(random([10, 64]), bits: .eight)
    let input = random([3, 64], seed: 2)
    input.setRequiresGradient(true)
    quantized.linear(input).sum.backward()
    let expected = quantized.dequantized().sum(along: 0)
    let gradient = try #require(input.gradient)
    #expect(greatest(gradient - expected) < 1e-4)
  }

  @Test("Rows of a table, and numbers that are none")
  func tables() throws {
    let matrix = random([20, 70])
    let quantized = try QuantizedMatrix(matrix, bits: .eight)
    let rows = quantized.rows(Tensor([3, 19, 3], shape: [1, 3]))
    #expect(rows.shape == [1, 3, 70])
    #expect(greatest(rows.selected(1, 1) - quantized.dequantized().sliced(0, 19..<20)) == 0)
    #expect(quantized.byteCount < 20 * 70 * 4)
    let odd = Tensor([1, Float.nan], shape: [1, 2])
    #expect(throws: EngineError.self) { _ = try QuantizedMatrix(odd, bits: .eight) }
    // A row that is none gives none: it must not vanish in the rounding.
    let none = withoutGradients { quantized.linear(Tensor([Float](repeating: .nan, count: 70), shape: [1, 70])) }
    let isAllNone = none.floats.allSatisfy { $0.isNaN }
    #expect(isAllNone)
  }
}
