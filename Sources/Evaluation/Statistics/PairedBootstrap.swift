/// How two systems differ in one measure, by paired bootstrap resampling.
///
/// Follows Philipp Koehn, "Statistical Significance Tests for Machine Translation Evaluation", 2004.
public struct PairedComparison: Sendable, Equatable {
  /// The measure.
  public let measure: Measure
  /// The first system's value.
  public let baseline: Double
  /// The second system's value.
  public let system: Double
  /// The interval of the difference, second minus first.
  public let difference: BootstrapInterval
  /// How likely so large a difference is between equal systems, computed as sacreBLEU does.
  public let pValue: Double
}

extension Bootstrap {
  /// Compares two systems that answered the same questions, resample by resample.
  ///
  /// - Throws: `EvaluationError.lengthMismatch` where they answered different numbers of them.
  public func compare(
    baseline: PredictionSet, system: PredictionSet, metric: any Metric
  ) throws -> [PairedComparison] {
    if baseline.count != system.count { throw EvaluationError.lengthMismatch(baseline.count, system.count) }
    return try compare(
      baseline: baseline.statistics(for: metric), system: system.statistics(for: metric), metric: metric)
  }

  func compare(
    baseline: SegmentStatistics, system: SegmentStatistics, metric: any Metric
  ) throws -> [PairedComparison] {
    if baseline.count != system.count { throw EvaluationError.lengthMismatch(baseline.count, system.count) }
    let first = metric.values(sum: baseline.sum, segments: baseline.count)
    let second = metric.values(sum: system.sum, segments: system.count)
    let samples = zip(values(for: metric, baseline), values(for: metric, system))
    let differences = samples.map { zip($1, $0).map { $0 - $1 } }
    return metric.measures.enumerated().map { place, measure in
      let sampled = differences.map { $0[place] }
      let mean = sampled.reduce(0) { $0 + abs($1) } / Double(sampled.count)
      let real = abs(second[place] - first[place])
      // Equal scores are no sign of a difference; sacreBLEU's formula would find the smallest p of all.
      let larger = real == 0 ? sampled.count : sampled.count { abs($0) - mean > real }
      return PairedComparison(
        measure: measure, baseline: first[place], system: second[place],
        difference: BootstrapInterval(sampled, confidence: confidence),
        pValue: Double(larger + 1) / Double(sampled.count + 1))
    }
  }
}
