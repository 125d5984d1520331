extension Bootstrap {
  /// The interval of the mean of some values, such as of 1 and 0 for right and wrong.
  ///
  /// - Precondition: There is at least one value.
  public func interval(ofMean values: [Double]) -> BootstrapInterval {
    precondition(!values.isEmpty, "the mean of no values")
    let means = (0..<resamples).map { resample in
      var random = SplitMix64(seed: seed, stream: resample)
      return (0..<values.count).reduce(0.0) { sum, _ in sum + values[random.below(values.count)] }
        / Double(values.count)
    }
    return BootstrapInterval(means, confidence: confidence)
  }
}
