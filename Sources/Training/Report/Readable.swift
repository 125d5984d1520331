import Foundation
import OrchardJSON
import OrchardReports

/// Figures as people read them.
package enum Readable {
  /// A whole number with its thousands apart: `60,492,288`.
  package static func count(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (number < 0 ? "−" : "") + ([digits] + groups).joined(separator: ",")
  }

  /// Bytes in the unit that suits them.
  package static func bytes(_ bytes: Int) -> String {
    let value = Double(bytes)
    switch value {
    case 1e9...: return "\((value / 1e9).fixed(2)) GB"
    case 1e6...: return "\((value / 1e6).fixed(1)) MB"
    case 1e3...: return "\((value / 1e3).fixed(1)) kB"
    default: return bytes == 1 ? "1 byte" : "\(bytes) bytes"
    }
  }

  /// A time in the units that suit it: `0.4 s`, `42 s`, `3 min 5 s`, `1 h 2 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return "–" }
    if seconds < 10 { return "\(seconds.fixed(1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return whole % 60 == 0 ? "\(whole / 60) min" : "\(whole / 60) min \(whole % 60) s" }
    let minutes = whole / 60
    return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
  }

  /// A moment, in this machine's time.
  package static func moment(_ seconds: Double) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd HH:mm"
    return formatter.string(from: Date(timeIntervalSince1970: seconds))
  }

  /// A loss or a score.
  package static func loss(_ value: Double) -> String { value.fixed(value < 0.1 ? 5 : 4) }

  /// A part of a whole in per cent, small ones with digits enough to be more than nothing.
  package static func share(_ part: Int, of whole: Int) -> String {
    let percent = 100 * Double(part) / Double(max(1, whole))
    return "\(percent.fixed(percent >= 10 || percent == 0 ? 0 : percent >= 1 ? 1 : 2)) %"
  }

  /// All values of a tree by their dotted names; those that are null are left out.
  package static func facts(_ value: JSONValue, _ path: String = "") -> [ReportFact] {
    guard let object = value.object else {
      return value.isNull ? [] : [ReportFact(path, value.string ?? value.text)]
    }
    return object.entries.flatMap { facts($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") }
  }

  /// The bytes of all files in a folder.
  package static func size(_ folder: URL) -> Int {
    let names = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey])
    var sum = 0
    while let file = names?.nextObject() as? URL {
      sum += (try? file.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0
    }
    return sum
  }
}
