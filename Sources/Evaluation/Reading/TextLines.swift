import Foundation

/// The lines of a UTF-8 file.
struct TextLines {
  /// The name by which messages call the file.
  let name: String
  /// The lines without their ends.
  let lines: [String]

  /// Reads a file; a line ends with a line feed, a carriage return before it is dropped.
  ///
  /// - Throws: `EvaluationError` where the file cannot be read, is empty, or a line is not valid UTF-8.
  init(_ file: URL) throws {
    name = file.relativePath
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw EvaluationError.unreadable(file: name, reason: TextLines.reason(error, file))
    }
    var lines: [String] = []
    var bytes = Array(data)[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    while !bytes.isEmpty {
      let end = bytes.firstIndex(of: 0x0A)
      var line = bytes[..<(end ?? bytes.endIndex)]
      if line.last == 0x0D { line = line.dropLast() }
      guard let text = String(validating: line, as: UTF8.self) else {
        throw EvaluationError.invalidUTF8(file: name, line: lines.count + 1)
      }
      lines.append(text)
      bytes = end.map { bytes[($0 + 1)...] } ?? []
    }
    if lines.isEmpty { throw EvaluationError.emptyFile(name) }
    self.lines = lines
  }

  private static func reason(_ error: any Error, _ file: URL) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) else { return "no such file" }
    return isFolder.boolValue ? "it is a folder" : error.localizedDescription
  }
}
