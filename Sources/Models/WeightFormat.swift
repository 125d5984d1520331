import OrchardTensors

/// How a model's weights are kept in memory while it answers.
public enum WeightFormat: Hashable, Sendable {
  /// In an ordinary type of numbers; nil keeps the checkpoint's.
  case plain(DType?)
  /// Matrices in few bits, everything else in `computing`, which the activations have too.
  ///
  /// The tables of the vocabulary take 8 bits also where the other matrices take 4.
  case quantized(CompactForm, computing: DType = .float32)

  /// The type of the activations, where it is given.
  public var dtype: DType? {
    switch self {
    case .plain(let dtype): return dtype
    case .quantized(_, let dtype): return dtype
    }
  }

  /// The form of matrices of few bits, or nil.
  public var compact: CompactForm? {
    if case .quantized(let form, _) = self { return form }
    return nil
  }
}
