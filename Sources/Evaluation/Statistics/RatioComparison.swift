/// How two systems differ in a mean that is taken over parts of unequal size, such as a loss per token.
public struct RatioComparison: Sendable, Equatable {
  /// The first system's mean.
  public let baseline: Double
  /// The second system's mean.
  public let system: Double
  /// The interval of the difference, second minus first.
  public let difference: BootstrapInterval
}

extension Bootstrap {
  /// Compares two systems by what each has in the same parts: a sum, over `sizes` units in each part.
  ///
  /// - Throws: `EvaluationError` where the numbers of parts differ or there is none.
  public func compare(baseline: [Double], system: [Double], sizes: [Double]) throws -> RatioComparison {
    if baseline.count != system.count || sizes.count != system.count {
      throw EvaluationError.lengthMismatch(baseline.count, system.count)
    }
    if baseline.isEmpty { throw EvaluationError.noSegments }
    func means(_ parts: some Sequence<Int>) -> (Double, Double) {
      var (first, second, size) = (0.0, 0.0, 0.0)
      for part in parts {
        first += baseline[part]
        second += system[part]
        size += sizes[part]
      }
      return (first / size, second / size)
    }
    let whole = means(baseline.indices)
    let seed = seed
    let differences = (0..<resamples).map { resample in
      var random = SplitMix64(seed: seed, stream: resample)
      let (first, second) = means((0..<baseline.count).map { _ in random.below(baseline.count) })
      return second - first
    }
    return RatioComparison(
      baseline: whole.0, system: whole.1, difference: BootstrapInterval(differences, confidence: confidence))
  }
}
