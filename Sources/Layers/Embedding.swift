import OrchardTensors

/// A table of vectors, one for each token: ids `[…]` become `[…, D]`.
public final class Embedding: Module {
  /// The table `[V, D]`.
  public let weight: Parameter
  /// NEFTune: noise of up to α/√(T·D) on each number of a row of T vectors, where this α is above 0.
  ///
  /// Jain and others, "NEFTune: noisy embeddings improve instruction finetuning", 2023.
  public var noise = 0.0

  /// A table without memory yet.
  public init(_ count: Int, _ width: Int, deviation: Double) {
    weight = Parameter([count, width], start: .normal(deviation: deviation))
  }

  /// The vectors of `ids`.
  public func callAsFunction(_ ids: Tensor) -> Tensor {
    let vectors = weight.compact?.rows(ids, weight.dtype) ?? weight.tensor.embedding(ids)
    guard noise > 0 else { return vectors }
    let most = noise / Double(ids.size(-1) * vectors.size(-1)).squareRoot()
    return vectors + .uniform(vectors.shape, low: -most, high: most, dtype: vectors.dtype, on: vectors.device)
  }
}
