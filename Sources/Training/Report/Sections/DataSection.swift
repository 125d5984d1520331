import Foundation
import OrchardJSON
import OrchardReports

extension ReportSection {
  /// The data that the run learned from, with the digests by which it can be told from other data.
  static func data(_ history: RunHistory) -> ReportSection {
    guard let about = history.about?.json else { return ReportSection("Data", []) }
    func rows(_ part: JSONValue?, _ use: String) -> [[String]] {
      (part?["files"]?.array ?? []).map { file in
        [
          (file["path"]?.string ?? "").split(separator: "/").last.map(String.init) ?? "", use,
          Readable.bytes(file["bytes"]?.int ?? 0), String((file["sha256"]?.string ?? "").prefix(16)),
        ]
      }
    }
    let rendering = about["data"]?["rendering"]
    func count(_ key: String) -> Int { rendering?[key]?.int ?? 0 }
    let tokens = count("source_tokens") + count("target_tokens")
    var notes = [
      "\(Readable.count(count("examples"))) examples from \(Readable.count(count("rows"))) rows; "
        + "\(Readable.count(tokens)) tokens, \(Readable.count(count("supervised_tokens"))) of them learned "
        + "(\(Readable.share(count("supervised_tokens"), of: tokens)))",
      "longest source \(count("longest_source")) tokens, longest target \(count("longest_target"))",
    ]
    let shortened = count("truncated_prompts") + count("truncated_completions")
    if shortened + count("dropped") > 0 {
      notes.append(
        "\(count("truncated_prompts")) prompts and \(count("truncated_completions")) completions shortened, "
          + "\(count("dropped")) rows left out")
    }
    if let template = about["template"] {
      let hash = String((template["hash"]?.string ?? "").prefix(16))
      notes.append("template “\(template["name"]?.string ?? "")”, SHA-256 \(hash)…")
    }
    let table = ReportTable(
      head: ["file", "used for", "size", "SHA-256 begins"],
      rows: rows(about["data"], "training") + rows(about["validation"], "validation"), numeric: [2], notes: notes)
    return .table("Data", table)
  }
}
