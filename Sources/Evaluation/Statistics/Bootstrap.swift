import OrchardReports

/// Bootstrap resampling (Efron, 1979): how a score would vary over other test sets like this one.
public struct Bootstrap: Sendable, Equatable {
  /// How many resamples are drawn.
  public var resamples: Int
  /// The seed; the same seed gives the same intervals, whatever the number of cores.
  public var seed: Int
  /// The share of resamples that the interval holds.
  public var confidence: Double

  /// A bootstrap.
  ///
  /// - Precondition: `resamples` is 1 or more, `confidence` lies between 0 and 1.
  public init(resamples: Int = 1000, seed: Int = 12345, confidence: Double = 0.95) {
    precondition(resamples > 0 && confidence >= 0 && confidence <= 1, "a bootstrap of \(resamples), \(confidence)")
    self.resamples = resamples
    self.seed = seed
    self.confidence = confidence
  }

  /// What signatures add for a bootstrap.
  public var signature: String { "|bs:\(resamples)|seed:\(seed)" }

  /// The interval of each measure of a metric.
  public func intervals(for metric: any Metric, _ statistics: SegmentStatistics) -> [BootstrapInterval] {
    let samples = values(for: metric, statistics)
    return metric.measures.indices.map { measure in
      BootstrapInterval(samples.map { $0[measure] }, confidence: confidence)
    }
  }

  /// For each resample the value of each measure.
  ///
  /// Resample number n draws the same segments for every metric and system, so that the results can be paired.
  func values(for metric: any Metric, _ statistics: SegmentStatistics) -> [[Double]] {
    let seed = seed
    return Parallel.flatMap(resamples, atLeast: max(1, 200_000 / max(statistics.numbers.count, 1))) { range in
      range.map { resample in
        var random = SplitMix64(seed: seed, stream: resample)
        return metric.values(sum: statistics.resampledSum(&random), segments: statistics.count)
      }
    }
  }
}

/// What a bootstrap says about one measure.
public struct BootstrapInterval: Sendable, Equatable {
  /// The lower end.
  public let low: Double
  /// The median of the resamples.
  public let mid: Double
  /// The upper end.
  public let high: Double
  /// The mean of the resamples.
  public let mean: Double
  /// Half the width of the 95 % interval as sacreBLEU takes it: between the values 1/40 from either end.
  public let halfWidth: Double

  /// The interval that holds the share `confidence` of some values, its ends found as NumPy's percentiles are.
  ///
  /// - Precondition: There is at least one value.
  public init(_ values: [Double], confidence: Double) {
    precondition(!values.isEmpty, "an interval of no values")
    let sorted = values.sorted()
    func percentile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let below = Int(place)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
    low = percentile((1 - confidence) / 2)
    mid = percentile(0.5)
    high = percentile(1 - (1 - confidence) / 2)
    mean = sorted.reduce(0, +) / Double(sorted.count)
    let edge = sorted.count / 40
    halfWidth = 0.5 * (sorted[sorted.count - edge - 1] - sorted[edge])
  }
}

extension BootstrapInterval? {
  /// The mean and half width as sacreBLEU prints them after a score: ` (μ = 20.1 ± 0.7)`; nothing without a bootstrap.
  func meanAndHalfWidth(_ decimals: Int) -> String {
    guard let interval = self, interval.mean > 0 else { return "" }
    return " (μ = \(interval.mean.fixed(decimals)) ± \(interval.halfWidth.fixed(decimals)))"
  }
}
