import OrchardTensors
import TestSupport
import Testing

@Suite("Weights in NF4")
struct NormalFloatMatrixTests {
  private func random(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
    Engine.seed(seed)
    return .normal(shape)
  }

  private func greatest(_ tensor: Tensor) -> Double { tensor.absolute.reshaped([-1]).maximum(along: 0).scalar }

  @Test("The numbers that come back are those of bitsandbytes", arguments: ["even", "odd", "long"])
  func numbers(name: String) throws {
    let file = try SafetensorsFile(Goldens.url("normal_float.safetensors"))
    let matrix = try #require(file.tensor(name))
    let theirs = try #require(file.tensor(name + ".read"))
    let compact = try NormalFloatMatrix(matrix)
    let ours = compact.dequantized()
    #expect(greatest(ours - theirs) < 1e-6 * greatest(theirs))
    // Scale by scale too, however small it is.
    let relative = (ours - theirs).absolute / (theirs.absolute + 1e-9)
    #expect(greatest(relative) < 1e-4)
    #expect(greatest(ours - matrix) > 0)
    let rows = compact.rows(Tensor([5, 0, 5], shape: [3]))
    #expect(greatest(rows.selected(0, 0) - ours.selected(0, 5)) == 0)
    #expect(greatest(compact.dequantized(.bfloat16).to(.float32) - ours.to(.bfloat16).to(.float32)) == 0)
  }

  @Test("4.13 bits a number")
  func size() throws {
    let compact = try NormalFloatMatrix(random([512, 1024]))
    #expect(Double(compact.byteCount) * 8 / Double(512 * 1024) == CompactForm.normalFloat.bitsPerNumber)
  }

  @Test("Products equal those of the dequantised matrix", arguments: [1, 3, 8, 19], [96, 101])
  func products(rows: Int, inputs: Int) throws {
    let compact = try NormalFloatMatrix(random([50, inputs]))
    let input = random([rows, inputs], seed: 2)
    let bias = random([50], seed: 3)
    let residual = random([rows, 50], seed: 4)
    withoutGradients {
      let made = compact.linear(input, bias: bias, addedTo: residual)
      let exact = input.linear(compact.dequantized(), bias: bias) + residual
      #expect(greatest(made - exact) < 1e-4)
      let narrow = compact.linear(input.to(.bfloat16))
      #expect(narrow.dtype == .bfloat16)
      #expect(greatest(narrow.to(.float32) - input.linear(compact.dequantized())) < 0.05 * greatest(exact))
    }
  }

  @Test("The gradient for the input is that of the dequantised matrix")
  func gradient() throws {
    let compact = try NormalFloatMatrix(random([10, 64]))
    let input = random([3, 64], seed: 2)
    input.setRequiresGradient(true)
    compact.linear(input).sum.backward()
    let gradient = try #require(input.gradient)
    #expect(greatest(gradient - compact.dequantized().sum(along: 0)) < 1e-4)
  }

  @Test("Numbers that are none are refused, and zeros stay zeros")
  func odd() throws {
    #expect(throws: EngineError.self) { _ = try NormalFloatMatrix(Tensor([1, Float.nan], shape: [1, 2])) }
    #expect(greatest(try NormalFloatMatrix(.zeros([3, 70])).dequantized()) == 0)
  }
}
