import OrchardEvaluation

/// How one measure of a held-out task has changed over a run, with the interval that a paired bootstrap gives.
public struct TaskChange: Sendable {
  /// What became of a task.
  public enum Verdict: String, Sendable {
    /// The interval lies on the good side of zero.
    case better
    /// It lies on the bad side: something was forgotten.
    case worse
    /// It holds zero.
    case unclear = "no clear change"
  }

  /// The task.
  public let task: String
  /// What is measured.
  public let measure: String
  /// The value before the run.
  public let before: Double
  /// The value after it.
  public let after: Double
  /// The interval of the difference, after minus before.
  public let difference: BootstrapInterval
  /// Whether less is better, as of a loss.
  public let lessIsBetter: Bool

  /// What became of the task by this measure.
  public var verdict: Verdict {
    if difference.low <= 0, difference.high >= 0 { return .unclear }
    return (difference.low > 0) != lessIsBetter ? .better : .worse
  }

  /// The changes from one scoring to a later one, task by task.
  ///
  /// - Throws: `EvaluationError` where they scored different rows.
  public static func between(
    _ before: HeldOutReport, _ after: HeldOutReport, bootstrap: Bootstrap = Bootstrap()
  ) throws -> [TaskChange] {
    try after.tasks.flatMap { now -> [TaskChange] in
      guard let then = before.tasks.first(where: { $0.name == now.name }) else { return [] }
      let loss = try bootstrap.compare(baseline: then.losses, system: now.losses, sizes: now.units.map(Double.init))
      let changes = [
        TaskChange(
          task: now.name, measure: "loss", before: loss.baseline, after: loss.system, difference: loss.difference,
          lessIsBetter: true)
      ]
      guard !now.answers.isEmpty, !then.answers.isEmpty else { return changes }
      let (old, new) = (
        try PredictionSet(predictions: then.answers, references: then.references),
        try PredictionSet(predictions: now.answers, references: now.references)
      )
      return try changes
        + MetricCatalog.metrics(now.metrics).flatMap { metric in
          try bootstrap.compare(baseline: old, system: new, metric: metric).filter(\.measure.isSummary).map {
            TaskChange(
              task: now.name, measure: $0.measure.displayName, before: $0.baseline, after: $0.system,
              difference: $0.difference, lessIsBetter: false)
          }
        }
    }
  }
}
