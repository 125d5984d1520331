import ArgumentParser
import Foundation
import OrchardEvaluation
import OrchardJSON
import OrchardTraining

/// Drives a run to its end and shows it: a progress line for people, JSON lines for programs.
struct TrainingWatch {
  private let run: TrainingRun
  private let json: Bool
  private let progress: ProgressLine

  init(_ run: TrainingRun, json: Bool) {
    self.run = run
    self.json = json
    progress = ProgressLine(total: run.totalSteps, first: run.step, unit: "steps")
  }

  /// Goes on until the run is complete or the user stops it.
  ///
  /// - Throws: `Interrupted` after a checkpoint was written; the run's own errors.
  func follow() throws {
    var smoothed: Double?
    var speed: Double?
    while let report = try run.next() {
      smoothed = smoothed.map { 0.9 * $0 + 0.1 * report.loss } ?? report.loss
      let rate = Double(report.tokens) / max(report.seconds, 1e-9)
      speed = speed.map { 0.9 * $0 + 0.1 * rate } ?? rate
      progress.update(
        report.step, note: String(format: "loss %.3f · %.0f tokens/s", smoothed ?? 0, speed ?? 0))
      if json { try Console.result(report.json.text) }
      if let evaluation = report.evaluation { try tell(evaluation) }
      for scores in report.heldOut { try tell(scores) }
      if try run.agreed(Interruption.isRequested) {
        progress.finish()
        try run.stop()
        throw Interrupted(
          "stopped after step \(run.step) of \(run.totalSteps), and saved; go on with the same command and --resume")
      }
    }
    progress.finish()
    if json {
      try Console.result(
        JSONObject([
          (run.trained.adapter == nil ? "model" : "adapter", .string(run.result.path)), ("steps", .integer(run.step)),
        ]))
    } else {
      let best = run.best.map { String(format: "; best validation loss %.4f at step %d", $0.loss, $0.step) } ?? ""
      try Console.result(
        "\(run.step) steps done\(best); the \(run.trained.adapter == nil ? "model" : "adapter") is in \(run.result.path)"
      )
    }
  }

  /// Goes along with the first process of a group, which alone speaks.
  ///
  /// - Throws: As `follow` does.
  static func accompany(_ run: TrainingRun) throws {
    while try run.next() != nil {
      if try run.agreed(Interruption.isRequested) {
        try run.stop()
        throw ExitCode(130)
      }
    }
  }

  private func tell(_ scores: HeldOutReport) throws {
    if json { return try Console.result(scores.figures) }
    for task in scores.tasks {
      let values = try task.values().map { String(format: "%@ %.4f", $0.measure.metric, $0.value) }
      progress.interject(
        "step \(scores.step): held-out \(task.name): "
          + ([String(format: "loss %.4f", task.loss)] + values).joined(separator: ", "))
    }
  }

  /// The page shows all.
  private static let shownSamples = 3

  private func tell(_ evaluation: EvaluationReport) throws {
    if json { return try Console.result(evaluation.json.text) }
    let mark = evaluation.isBest ? " (best)" : ""
    progress.interject(String(format: "step %d: validation loss %.4f", evaluation.step, evaluation.loss) + mark)
    for task in evaluation.tasks { progress.interject(String(format: "  %@: %.4f", task.task, task.loss)) }
    for sample in evaluation.samples.prefix(Self.shownSamples) {
      progress.interject(
        "  \(sample.original.map { "before: \($0)" } ?? "wanted: \(sample.reference)")\n  answer: \(sample.answer)")
    }
  }
}
