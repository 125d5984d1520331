import Foundation
import OrchardJSON
import OrchardReports
import OrchardSettings

/// A run as its folder tells of it, whoever wrote it and whether or not it still goes.
public struct RunHistory: Sendable {
  /// The folder.
  public let folder: RunFolder
  /// The recipe as resolved.
  public let recipe: JSONValue
  /// What the run is and how it stands; nil where the folder does not say.
  public let about: RunAbout?
  /// The figures of each step, in order.
  public let steps: [JSONValue]
  /// What each evaluation found, in order.
  public let evaluations: [JSONValue]
  /// The answers of each evaluation, in order.
  public let samples: [JSONValue]
  /// How held-out tasks were scored, in order.
  public let heldOut: [HeldOutReport]
  /// The step with the lowest validation loss.
  public let best: BestStep?

  /// Reads a run's folder.
  ///
  /// - Throws: `TrainingError` where there is no run; `SettingsError` where its recipe cannot be read.
  public init(_ url: URL) throws {
    folder = RunFolder(url)
    // A recipe alone may be one that a person wrote.
    guard folder.isBegun, FileManager.default.fileExists(atPath: folder.metrics.path) else {
      throw TrainingError("\(url.path): holds no run; name a folder that orchard train wrote")
    }
    // As it is written: whichever method's keys it has.
    recipe = try SettingsTree(yaml: TextFile.read(folder.recipe)).json
    about = RunAbout(reading: folder.about)
    let lines = try MetricLog.read(folder.metrics)
    steps = lines.filter { $0["loss"] != nil }
    evaluations = lines.filter { $0["validation_loss"] != nil }
    samples = try MetricLog.read(folder.samples)
    heldOut = try MetricLog.read(folder.heldOut).compactMap(HeldOutReport.init)
    best = evaluations.compactMap { line in
      line["validation_loss"]?.double.flatMap { loss in line["step"]?.int.map { BestStep(step: $0, loss: loss) } }
    }.min { $0.loss < $1.loss }
  }

  /// How held-out tasks have changed from before the run to its last scoring; none before there are two.
  public var changes: [TaskChange] {
    guard heldOut.count > 1 else { return [] }
    return (try? TaskChange.between(heldOut[0], heldOut[heldOut.count - 1])) ?? []
  }

  /// The run's name: that of its folder.
  public var name: String { folder.url.standardizedFileURL.lastPathComponent }

  /// How the run stands.
  public var status: RunStatus {
    about?.status ?? (folder.result == nil ? .lost : .complete)
  }

  /// Steps taken.
  public var step: Int { steps.last?["step"]?.int ?? 0 }

  /// Seconds that the steps took, evaluations and checkpoints aside.
  public var stepSeconds: Double { sum("seconds") }

  /// Tokens that were no padding.
  public var tokens: Double { sum("tokens") }

  /// Tokens a second over all steps; nil before the first.
  public var tokensPerSecond: Double? { stepSeconds > 0 ? tokens / stepSeconds : nil }

  /// The mean loss of the last twentieth of the steps, at least one and at most fifty; nil before the first.
  public var lastLoss: Double? {
    let losses = steps.suffix(min(50, max(1, steps.count / 20))).compactMap { $0["loss"]?.double }
    return losses.isEmpty ? nil : losses.reduce(0, +) / Double(losses.count)
  }

  /// What the loss is counted in.
  public var unit: String { about?.json["method"]?["unit"]?.string ?? "nats a token" }

  /// The names of what the method tells beside the loss, in the order of its first step or evaluation.
  public var figureNames: [String] {
    var names: [String] = []
    for line in steps.suffix(1) + evaluations.suffix(1) {
      for key in ["training_figures", "validation_figures"] {
        names += (line[key]?.object?.keys ?? []).filter { !names.contains($0) }
      }
    }
    return names
  }

  /// A figure of the method over the steps, in training or in validation.
  public func figureCurve(_ name: String, in part: String) -> Curve {
    Curve(
      name: part,
      points: (part == "training" ? steps : evaluations).compactMap { line in
        line["step"]?.double.flatMap { step in line["\(part)_figures"]?[name]?.double.map { (x: step, y: $0) } }
      })
  }

  /// The figures of one name over the steps.
  public func curve(_ name: String, _ key: String) -> Curve {
    Curve(
      name: name,
      points: (steps + evaluations).compactMap { line in
        line["step"]?.double.flatMap { step in line[key]?.double.map { (x: step, y: $0) } }
      })
  }

  private func sum(_ key: String) -> Double { steps.reduce(0) { $0 + ($1[key]?.double ?? 0) } }
}
