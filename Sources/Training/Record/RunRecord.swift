import Dispatch
import Foundation
import OrchardJSON
import OrchardSettings
import OrchardTensors

/// Everything that a run writes about itself: figures, samples, event file, how it stands, and the page.
final class RunRecord {
  private let folder: RunFolder
  private let log: MetricLog
  private let events: RunEvents
  private var about: RunAbout
  private let secondsBefore: Double
  private let started = DispatchTime.now()

  /// Begins a record, or goes on with one.
  ///
  /// What an earlier part of the run wrote behind `step` goes away.
  /// - Throws: `EngineError` where the folder cannot be written to.
  init(_ folder: RunFolder, _ recipe: any RunRecipe, about: RunAbout, after step: Int, seconds: Double) throws {
    self.folder = folder
    self.about = about
    secondsBefore = seconds
    let earlier = step > 0 ? RunAbout(reading: folder.about) : nil
    if let begun = earlier?.begun { self.about.set("begun", .number(begun)) }
    earlierPeak = earlier?.peakMemory ?? 0
    log = try MetricLog(folder.metrics, after: step)
    if step > 0 || FileManager.default.fileExists(atPath: folder.samples.path) {
      _ = try MetricLog(folder.samples, after: step)
    }
    if step > 0 || FileManager.default.fileExists(atPath: folder.heldOut.path) {
      // What was scored before the first step stays.
      _ = try MetricLog(folder.heldOut, after: step > 0 ? step : -1)
    }
    let lines = try MetricLog.read(folder.metrics) + MetricLog.read(folder.samples)
    let sorted = lines.enumerated().sorted { left, right in
      (left.element["step"]?.int ?? 0, left.offset) < (right.element["step"]?.int ?? 0, right.offset)
    }
    events = try RunEvents(folder.url, recipe: recipe.yaml, lines: sorted.map(\.element))
    try write(.running)
  }

  private let earlierPeak: Int

  /// Seconds of the whole run so far.
  var seconds: Double {
    secondsBefore + Double(DispatchTime.now().uptimeNanoseconds - started.uptimeNanoseconds) / 1e9
  }

  /// Writes down what the run foretells of itself.
  func predict(_ forecast: RunForecast) throws {
    about.set("predicted", forecast.json)
    try write(.running)
  }

  /// Writes down what a step did.
  func append(_ report: StepReport) throws { try append(report.json, to: log) }

  /// Writes down what an evaluation found, and the page anew.
  func append(_ report: EvaluationReport) throws {
    try append(report.json, to: log)
    let line: JSONValue = ["step": .integer(report.step), "samples": .array(report.samples.map(\.json))]
    try append(line, to: try MetricLog(folder.samples, after: report.step - 1))
    try write(.running)
    try RunPage(folder).write()
  }

  /// Writes down how held-out tasks were scored, and the page anew.
  func append(_ report: HeldOutReport) throws {
    try MetricLog(folder.heldOut, after: report.step - 1).append(report.json)
    try append(.object(report.figures), to: log)
    try RunPage(folder).write()
  }

  /// Writes down how the run ended, or for now ended, and the page.
  func end(_ status: RunStatus, reason: String? = nil) throws {
    try write(status, reason: reason)
    try RunPage(folder).write()
  }

  private func append(_ line: JSONValue, to log: MetricLog) throws {
    var object = line.object ?? JSONObject()
    object["time"] = .number(Date().timeIntervalSince1970)
    try log.append(.object(object))
    try events.append(.object(object))
  }

  private func write(_ status: RunStatus, reason: String? = nil) throws {
    about.set("status", .string(status.rawValue))
    about.set("reason", reason.map(JSONValue.string) ?? .null)
    about.set("changed", .number(Date().timeIntervalSince1970))
    about.set("seconds", .number(seconds))
    about.set("peak_memory_bytes", .integer(max(earlierPeak, Memory.peakResidentBytes)))
    try about.write(to: folder.about)
  }
}
