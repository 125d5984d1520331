import Foundation
import OrchardJSON
import OrchardReports
import OrchardTensors

/// The page about a run: head, then one section for each file of `Sections/`.
public struct RunPage {
  /// What the folder tells.
  public let history: RunHistory
  /// The page, to which sections can be added.
  public var page: ReportPage

  /// The page about the run of a folder.
  ///
  /// - Throws: `TrainingError` where there is no run; `SettingsError` where its recipe cannot be read.
  public init(_ folder: RunFolder, title: String? = nil) throws {
    self.init(try RunHistory(folder.url), title: title)
  }

  /// The page about a run that was read already.
  public init(_ history: RunHistory, title: String? = nil) {
    self.history = history
    page = ReportPage(title: title ?? history.name)
    page.summary = Self.summary(history)
    page.highlights = Self.highlights(history)
    page.sections = [
      .learning(history), .figures(history), .heldOut(history), .tasks(history), .validationSamples(history),
      .forecast(history),
      .sizes(history), .data(history),
      .machine(history),
      .goingOn(history), .recipe(history),
    ]
    page.footer = "Written by Orchard \(Release.version) on \(Readable.moment(Date().timeIntervalSince1970))."
  }

  /// Puts a section before the one of the same title's place: behind the curves.
  public mutating func insert(_ section: ReportSection) { page.sections.insert(section, at: 1) }

  /// Writes the page into the run's folder, or elsewhere, at once or not at all.
  ///
  /// - Throws: `EngineError` where the file cannot be written.
  public func write(to url: URL? = nil) throws { try AtomicFile.write(page.html, to: url ?? history.folder.report) }

  private static func summary(_ history: RunHistory) -> String {
    var parts: [String] = []
    let model = history.about?.json["model"]
    if let name = model?["architecture"]?.string, let count = model?["parameters"]?.int {
      let trained = model?["trainable_parameters"]?.int ?? count
      let share =
        trained == count
        ? "all of them trained" : "\(Readable.count(trained)) of them trained (\(Readable.share(trained, of: count)))"
      parts.append("A \(name) with \(Readable.count(count)) parameters, \(share)")
    }
    if let examples = history.about?.json["data"]?["rendering"]?["examples"]?.int {
      parts.append("\(Readable.count(examples)) examples")
    }
    let optimizer = history.recipe["optimizer"]
    if let kind = optimizer?["kind"]?.string {
      let rate = optimizer?["learning-rate"]?.double.map { " at \($0)" } ?? ""
      parts.append("\(kind)\(rate)")
    }
    if let dtype = history.recipe["dtype"]?.string { parts.append(dtype) }
    var text = parts.isEmpty ? "" : parts.joined(separator: "; ") + "."
    switch history.status {
    case .complete: break
    case .running: text += " The run goes on."
    case .stopped: text += " The run was stopped and can be resumed."
    case .lost: text += " The run broke off; it can be resumed from its last checkpoint."
    case .failed: text += " The run failed: \(history.about?.reason ?? "no reason was written down")."
    }
    return text
  }

  private static func highlights(_ history: RunHistory) -> [ReportFact] {
    let total = history.about?.totalSteps
    var facts = [
      ReportFact(
        "steps",
        total.map { history.step == $0 ? Readable.count($0) : "\(history.step) of \(Readable.count($0))" }
          ?? Readable.count(history.step))
    ]
    if let best = history.best {
      facts.append(ReportFact("best validation loss (step \(best.step))", Readable.loss(best.loss)))
    }
    if let loss = history.lastLoss { facts.append(ReportFact("training loss at the end", Readable.loss(loss))) }
    facts.append(ReportFact("time", Readable.duration(history.about?.seconds ?? history.stepSeconds)))
    if let speed = history.tokensPerSecond {
      facts.append(ReportFact("tokens a second", Readable.count(Int(speed.rounded()))))
    }
    if let peak = history.about?.peakMemory { facts.append(ReportFact("most memory", Readable.bytes(peak))) }
    return facts
  }
}
