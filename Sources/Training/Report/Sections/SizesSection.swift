import Foundation
import OrchardJSON
import OrchardReports

extension ReportSection {
  /// What the run takes on the disk.
  static func sizes(_ history: RunHistory) -> ReportSection {
    var rows: [[String]] = []
    if let result = history.folder.result {
      let name = result.lastPathComponent
      rows.append(["the trained \(name)", "\(name)/", Readable.bytes(size(result))])
    }
    for step in history.folder.steps {
      let mark = step == history.best?.step ? ", the best" : ""
      rows.append([
        "checkpoint\(mark)", "checkpoints/step-\(step)/", Readable.bytes(size(history.folder.checkpoint(step))),
      ])
    }
    return .table("On the disk", ReportTable(head: ["what", "where", "size"], rows: rows, numeric: [2]))
  }

  /// The bytes of all files in a folder.
  private static func size(_ folder: URL) -> Int {
    let names = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey])
    var sum = 0
    while let file = names?.nextObject() as? URL {
      sum += (try? file.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0
    }
    return sum
  }
}
