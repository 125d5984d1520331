/// A matrix `[O, I]` kept in few bits a number, whose numbers are not trained.
public protocol CompactMatrix {
  /// Rows and columns, `[O, I]`.
  var shape: [Int] { get }
  /// Bytes that it takes.
  var byteCount: Int { get }
  /// All numbers as an ordinary matrix.
  func dequantized(_ dtype: DType) -> Tensor
  /// The rows `ids` `[…]`, as `[…, I]`.
  func rows(_ ids: Tensor, _ dtype: DType) -> Tensor
  /// x·Wᵀ + b, plus a residual stream where one is given, for `input` `[…, I]`.
  ///
  /// Where a gradient for the input is recorded, the product is that of the dequantised matrix, which is made anew for
  /// the backward pass: nothing of it is kept. A bias gets no gradient then.
  func linear(_ input: Tensor, bias: Tensor?, addedTo residual: Tensor?) -> Tensor
}

/// The forms in which a matrix is kept in few bits.
public enum CompactForm: String, Sendable {
  /// 8 bits, whole numbers of one step for a group of inputs.
  case eight
  /// 4 bits, likewise.
  case four
  /// 4 bits, the levels of a normal distribution (NF4).
  case normalFloat

  /// The bits of a number, its share of what groups have together included.
  public var bitsPerNumber: Double {
    switch self {
    case .eight: 8 + 16.0 / 64
    case .four: 4 + 16.0 / 32
    case .normalFloat: 4 + 8.0 / 64 + 32.0 / (64 * 256)
    }
  }

  /// A matrix in this form.
  ///
  /// - Throws: `EngineError` where its numbers are not all finite.
  public func matrix(_ numbers: Tensor) throws -> any CompactMatrix {
    switch self {
    case .eight: try QuantizedMatrix(numbers, bits: .eight)
    case .four: try QuantizedMatrix(numbers, bits: .four)
    case .normalFloat: try NormalFloatMatrix(numbers)
    }
  }
}
