import CTorch

/// A matrix `[O, I]` in the 16 levels of a normal distribution (NF4), 64 numbers to a scale, and the scales in 8 bits.
///
/// 4.13 bits a number. Dettmers and others, "QLoRA: efficient finetuning of quantized LLMs", 2023, with the blocks of
/// bitsandbytes and double quantisation: the numbers that come back are the same. For the CPU.
public struct NormalFloatMatrix: CompactMatrix {
  /// Rows and columns, `[O, I]`.
  public let shape: [Int]
  private let codes: Tensor
  private let scales: Tensor
  private let steps: Tensor
  private let offset: Double

  /// The numbers of `matrix` `[O, I]`, each by the nearest level.
  ///
  /// - Throws: `EngineError` where they are not all finite.
  public init(_ matrix: Tensor) throws {
    precondition(matrix.rank == 2 && matrix.device == .cpu, "\(matrix) cannot be quantised")
    var made = ct_normal_float()
    guard ct_normal_float_make(matrix.raw, &made) == 0, let codes = made.codes, let scales = made.scales,
      let steps = made.steps
    else { throw EngineError(String(cString: ct_error())) }
    self.codes = Tensor(codes)
    self.scales = Tensor(scales)
    self.steps = Tensor(steps)
    offset = made.offset
    shape = [Int(made.outputs), Int(made.inputs)]
  }

  /// Bytes that it takes.
  public var byteCount: Int { codes.byteCount + scales.byteCount + steps.byteCount }

  private var boxed: ct_normal_float {
    ct_normal_float(
      codes: codes.raw, scales: scales.raw, steps: steps.raw, offset: offset, outputs: Int64(shape[0]),
      inputs: Int64(shape[1]))
  }

  /// All numbers as an ordinary matrix.
  public func dequantized(_ dtype: DType = .float32) -> Tensor {
    Tensor(taking: ct_normal_float_dequantize(boxed, nil, dtype.rawValue), "dequantise")
  }

  /// The rows `ids` `[…]`, as `[…, I]`.
  public func rows(_ ids: Tensor, _ dtype: DType = .float32) -> Tensor {
    Tensor(taking: ct_normal_float_dequantize(boxed, ids.raw, dtype.rawValue), "rows of a quantised matrix", ids)
  }

  /// x·Wᵀ + b, plus a residual stream where one is given, for `input` `[…, I]`.
  public func linear(_ input: Tensor, bias: Tensor? = nil, addedTo residual: Tensor? = nil) -> Tensor {
    let made = withExtendedLifetime((self, bias)) { ct_normal_float_linear(input.raw, boxed, bias?.raw) }
    let product = Tensor(taking: made, "product with weights in NF4", input)
    return residual.map { $0 + product } ?? product
  }
}
