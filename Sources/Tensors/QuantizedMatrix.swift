import CTorch

/// A matrix `[O, I]` kept in 8 or 4 bits a number, symmetrically, with a scale for every group of 64 or 32 inputs.
///
/// Made once, in the layout that the kernels stream; activations are rounded to 8 bits, in the same groups, as they
/// meet it. For the CPU. With 4 bits a group's scale is the one of several that leaves the smallest squared error.
public struct QuantizedMatrix: CompactMatrix {
  /// How many bits a number takes, its share of a scale left out.
  public enum Bits: Int, Sendable {
    case four = 4
    case eight = 8
  }

  /// The bits of a number.
  public let bits: Bits
  /// Rows and columns, `[O, I]`.
  public let shape: [Int]
  private let codes: Tensor
  private let scales: Tensor
  private let unit: Double

  /// The numbers of `matrix` `[O, I]`, rounded.
  ///
  /// - Throws: `EngineError` where they are not all finite.
  public init(_ matrix: Tensor, bits: Bits) throws {
    precondition(matrix.rank == 2 && matrix.device == .cpu, "\(matrix) cannot be quantised")
    var made = ct_quantized()
    guard ct_quantize(matrix.raw, Int64(bits.rawValue), &made) == 0, let codes = made.codes, let scales = made.scales
    else { throw EngineError(String(cString: ct_error())) }
    self.bits = bits
    self.codes = Tensor(codes)
    self.scales = Tensor(scales)
    unit = made.unit
    shape = [Int(made.outputs), Int(made.inputs)]
  }

  /// Bytes that it takes.
  public var byteCount: Int { codes.byteCount + scales.byteCount }

  var boxed: ct_quantized {
    ct_quantized(
      codes: codes.raw, scales: scales.raw, unit: unit, bits: Int64(bits.rawValue), outputs: Int64(shape[0]),
      inputs: Int64(shape[1]))
  }

  /// All numbers as an ordinary matrix.
  public func dequantized(_ dtype: DType = .float32) -> Tensor {
    Tensor(taking: ct_dequantize(boxed, nil, dtype.rawValue), "dequantise")
  }

  /// The rows `ids` `[…]`, as `[…, I]`.
  public func rows(_ ids: Tensor, _ dtype: DType = .float32) -> Tensor {
    Tensor(taking: ct_dequantize(boxed, ids.raw, dtype.rawValue), "rows of a quantised matrix", ids)
  }

  /// x·Wᵀ + b, plus a residual stream where one is given, for `input` `[…, I]`.
  ///
  /// Where a gradient for the input is recorded, the product is that of the dequantised matrix, which is made anew for
  /// the backward pass: nothing of it is kept. A bias gets no gradient then.
  public func linear(_ input: Tensor, bias: Tensor? = nil, addedTo residual: Tensor? = nil) -> Tensor {
    if Self.isRecorded(input) || residual.map(Self.isRecorded) == true {
      let made = withExtendedLifetime((self, bias)) { ct_quantized_linear_recorded(input.raw, boxed, bias?.raw) }
      let product = Tensor(taking: made, "product with quantised weights", input)
      return residual.map { $0 + product } ?? product
    }
    return Self.products(of: [self], biases: [bias], for: input, addedTo: residual)[0]
  }

  /// x·Wᵀ + b for several matrices of the same bits at once.
  public static func linear(_ matrices: [QuantizedMatrix], biases: [Tensor?], for input: Tensor) -> [Tensor] {
    if isRecorded(input) { return zip(matrices, biases).map { $0.linear(input, bias: $1) } }
    return products(of: matrices, biases: biases, for: input, addedTo: nil)
  }

  private static func products(
    of matrices: [QuantizedMatrix], biases: [Tensor?], for input: Tensor, addedTo residual: Tensor?
  ) -> [Tensor] {
    let boxed = matrices.map(\.boxed)
    let biasesRaw = biases.map { $0?.raw }
    var results = [ct_tensor?](repeating: nil, count: matrices.count)
    let status = withExtendedLifetime((matrices, biases, residual)) {
      ct_quantized_linear(input.raw, boxed, biasesRaw, matrices.count, residual?.raw, &results)
    }
    if status != 0 { Engine.failed("product with quantised weights", [input.shape] + matrices.map(\.shape)) }
    return results.map { Tensor(taking: $0, "product with quantised weights") }
  }

  /// activation(x·Gᵀ) · (x·Uᵀ), each with its bias; not where gradients are recorded.
  package static func gated(
    gate: QuantizedMatrix, gateBias: Tensor?, up: QuantizedMatrix, upBias: Tensor?, activation: GateActivation,
    for input: Tensor
  ) -> Tensor {
    let made = withExtendedLifetime((gate, up)) {
      ct_quantized_gated(input.raw, gate.boxed, gateBias?.raw, up.boxed, upBias?.raw, activation.rawValue)
    }
    return Tensor(taking: made, "gated product with quantised weights", input)
  }

  /// Whether gradients of a tensor are being recorded.
  package static func isRecorded(_ tensor: Tensor) -> Bool { ct_grad_enabled() && ct_requires_grad(tensor.raw) }

  /// Runs `body` with the kernels' plain loops, whatever this processor offers: for tests.
  package static func plainly<Result>(_ body: () throws -> Result) rethrows -> Result {
    ct_quantized_plainly(true)
    defer { ct_quantized_plainly(false) }
    return try body()
  }
}
