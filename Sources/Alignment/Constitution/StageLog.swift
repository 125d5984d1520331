import Foundation
import OrchardJSON

/// The texts of a stage, a line of JSON each, in the order of the prompts: an interrupted stage goes on behind its last
/// whole line.
struct StageLog {
  let url: URL
  private(set) var rows: [JSONValue]

  /// Opens a stage's file; a line that was begun and not ended is taken away.
  ///
  /// - Throws: `AlignmentError` where a line in the middle is no JSON; the error of the file.
  init(_ url: URL) throws {
    self.url = url
    guard FileManager.default.fileExists(atPath: url.path) else {
      rows = []
      return
    }
    let bytes = Array(try Data(contentsOf: url))
    let end = (bytes.lastIndex(of: 0x0A) ?? -1) + 1
    rows = try bytes[..<end].split(separator: 0x0A).enumerated().map { number, line in
      do {
        return try JSONValue(parsing: Array(line))
      } catch {
        throw AlignmentError(
          "\(url.path), line \(number + 1): \(error); take the file away to have the stage done anew")
      }
    }
    if end < bytes.count {
      let file = try FileHandle(forWritingTo: url)
      try file.truncate(atOffset: UInt64(end))
      try file.close()
    }
  }

  /// Adds rows; they are on the disk when this returns.
  mutating func append(_ new: [JSONValue]) throws {
    if !FileManager.default.fileExists(atPath: url.path) { try Data().write(to: url) }
    let file = try FileHandle(forWritingTo: url)
    defer { try? file.close() }
    let end = try file.seekToEnd()
    do {
      try file.write(contentsOf: Data(new.map { $0.text + "\n" }.joined().utf8))
      try file.synchronize()
    } catch {
      // Half a batch would be taken for a whole one.
      try? file.truncate(atOffset: end)
      throw error
    }
    rows += new
  }
}
