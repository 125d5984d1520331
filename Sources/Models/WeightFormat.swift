import OrchardTensors

/// How a model's weights are kept in memory while it answers.
public enum WeightFormat: Hashable, Sendable {
  /// In an ordinary type of numbers; nil keeps the checkpoint's.
  case plain(DType?)
  /// Matrices in 8 or 4 bits, everything else in `computing`, which the activations have too.
  ///
  /// The tables of the vocabulary take 8 bits also where the other matrices take 4.
  case quantized(QuantizedMatrix.Bits, computing: DType = .float32)

  /// The type of the activations, where it is given.
  public var dtype: DType? {
    switch self {
    case .plain(let dtype): return dtype
    case .quantized(_, let dtype): return dtype
    }
  }

  /// The bits of quantised matrices, or nil.
  public var bits: QuantizedMatrix.Bits? {
    if case .quantized(let bits, _) = self { return bits }
    return nil
  }
}
