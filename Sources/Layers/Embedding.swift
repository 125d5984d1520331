import OrchardTensors

/// A table of vectors, one for each token: ids `[…]` become `[…, D]`.
public final class Embedding: Module {
  /// The table `[V, D]`.
  public let weight: Parameter

  /// A table without memory yet.
  public init(_ count: Int, _ width: Int, deviation: Double) {
    weight = Parameter([count, width], start: .normal(deviation: deviation))
  }

  /// The vectors of `ids`.
  public func callAsFunction(_ ids: Tensor) -> Tensor {
    weight.quantized?.rows(ids, weight.dtype) ?? weight.tensor.embedding(ids)
  }
}
