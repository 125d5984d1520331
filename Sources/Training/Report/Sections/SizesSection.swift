import Foundation
import OrchardJSON
import OrchardReports

extension ReportSection {
  /// What the run takes on the disk.
  static func sizes(_ history: RunHistory) -> ReportSection {
    var rows: [[String]] = []
    if let result = history.folder.result {
      let name = result.lastPathComponent
      rows.append(["the trained \(name)", "\(name)/", Readable.bytes(Readable.size(result))])
    }
    for step in history.folder.steps {
      let mark = step == history.best?.step ? ", the best" : ""
      rows.append([
        "checkpoint\(mark)", "checkpoints/step-\(step)/",
        Readable.bytes(Readable.size(history.folder.checkpoint(step))),
      ])
    }
    return .table("On the disk", ReportTable(head: ["what", "where", "size"], rows: rows, numeric: [2]))
  }
}
