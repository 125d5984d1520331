import OrchardTensors

// Figures over the places of a batch that count, told by a mask of ones and zeros of the same shape.
extension Tensor {
  /// The mean of the numbers where `mask` is 1.
  func mean(where mask: Tensor) -> Tensor { (self * mask).sum / mask.sum }

  /// The variance of the numbers where `mask` is 1, without bias.
  ///
  /// A single number has none: 0.
  func variance(where mask: Tensor) -> Tensor {
    let difference = self - mean(where: mask)
    let count = mask.sum
    return (difference * difference * mask).sum / Tensor.maximum(count - 1, count.filled(with: 1))
  }

  /// The numbers with a variance of 1 and, unless it is kept, a mean of 0 where `mask` is 1.
  func whitened(where mask: Tensor, keepsMean: Bool = false) -> Tensor {
    let mean = mean(where: mask)
    let whitened = (self - mean) * (variance(where: mask) + 1e-8).reciprocalSquareRoot
    return keepsMean ? whitened + mean : whitened
  }
}
