import OrchardJSON
import OrchardReports

extension ReportSection {
  /// What the run foretold of its memory and time, beside what was measured.
  static func forecast(_ history: RunHistory) -> ReportSection {
    guard let predicted = history.about?.json["predicted"] else { return ReportSection("Predicted and measured", []) }
    var rows: [[String]] = []
    func difference(_ predicted: Double, _ measured: Double) -> String {
      let percent = 100 * (predicted - measured) / max(measured, 1e-9)
      return "\(percent > 0 ? "+" : "")\(percent.fixed(0)) %"
    }
    let memory = predicted["memory"]
    let total = memory?["total"]?.int
    if let total, let measured = history.about?.peakMemory {
      rows.append([
        "most memory", Readable.bytes(total), Readable.bytes(measured), difference(Double(total), Double(measured)),
      ])
    }
    // A run that was resumed foretold the time of its last part alone.
    let first = predicted["first_step"]?.int ?? 0
    if let seconds = predicted["step_seconds"]?.double, history.step == history.about?.totalSteps {
      let steps = history.steps.filter { ($0["step"]?.int ?? 0) > first }
      let measured = steps.reduce(0) { $0 + ($1["seconds"]?.double ?? 0) }
      rows.append([
        "time of the steps", Readable.duration(seconds), Readable.duration(measured), difference(seconds, measured),
      ])
    }
    var notes: [String] = []
    let parts = [
      ("program", "process"), ("weights", "weights"), ("gradients", "gradients"), ("optimiser", "optimizer"),
      ("activations", "activations"), ("work space", "work_space"),
    ].compactMap { name, key in memory?[key]?.int.map { "\(name) \(Readable.bytes($0))" } }
    if !parts.isEmpty { notes.append("memory foretold before the first step: \(parts.joined(separator: ", "))") }
    if let step = predicted["after_step"]?.int { notes.append("time foretold after step \(step)") }
    return .table(
      "Predicted and measured",
      ReportTable(head: ["what", "predicted", "measured", "difference"], rows: rows, numeric: [1, 2, 3], notes: notes))
  }
}
