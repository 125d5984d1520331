import OrchardReports

/// A score before and after the run.
public struct ScoreChange: Sendable {
  /// What is measured.
  public var measure: Measure
  /// The value before, where it was measured.
  public var before: Double?
  /// Its interval.
  public var beforeInterval: BootstrapInterval?
  /// The value after.
  public var after: Double
  /// Its interval.
  public var afterInterval: BootstrapInterval?

  /// A score before and after.
  public init(
    measure: Measure, before: Double?, beforeInterval: BootstrapInterval? = nil, after: Double,
    afterInterval: BootstrapInterval? = nil
  ) {
    self.measure = measure
    self.before = before
    self.beforeInterval = beforeInterval
    self.after = after
    self.afterInterval = afterInterval
  }
}

/// Scores before and after a run, with the lines by which they can be repeated.
public struct ScoreChanges: Sendable {
  /// The scores.
  public var scores: [ScoreChange]
  /// How they were made.
  public var notes: [String]

  /// Scores with the lines by which they can be repeated.
  public init(_ scores: [ScoreChange], notes: [String] = []) {
    self.scores = scores
    self.notes = notes
  }

  /// The scores of the same metrics before and after the run.
  public init(before: ScoreReport?, after: ScoreReport) {
    scores = after.scores.map { score in
      let old = before?.score(score.measure.metric, score.measure.variant)
      return ScoreChange(
        measure: score.measure, before: old?.value, beforeInterval: old?.interval, after: score.value,
        afterInterval: score.interval)
    }
    notes = [after.segments == 1 ? "1 example" : "\(after.segments) examples"]
    if let bootstrap = after.bootstrap {
      let percent = (bootstrap.confidence * 100).fixed(0)
      notes.append("\(percent) % intervals from \(bootstrap.resamples) bootstrap resamples, seed \(bootstrap.seed)")
    }
    for score in after.scores where !notes.contains(where: { $0.hasSuffix(score.signature) }) {
      notes.append("\(score.measure.metric.prefix { $0.isLetter }): \(score.signature)")
    }
  }
}
