import Foundation

/// Files in gzip's form: `train.jsonl.gz` is read as `train.jsonl`.
///
/// They are unpacked into a temporary file by the system's `gzip`, and mapped from there: memory stays as for others.
enum CompressedFile {
  static func isOne(_ url: URL) -> Bool { url.pathExtension.lowercased() == "gz" }

  /// The name without the ending that says how it is packed.
  static func plainName(of url: URL) -> URL { isOne(url) ? url.deletingPathExtension() : url }

  /// The unpacked bytes.
  ///
  /// - Throws: `DataError` where the file is no gzip, is cut short, or there is no room for it.
  static func contents(of url: URL) throws(DataError) -> Data {
    let files = FileManager.default
    let target = files.temporaryDirectory.appending(path: "orchard-\(UUID().uuidString)")
    defer { try? files.removeItem(at: target) }
    do {
      guard files.createFile(atPath: target.path, contents: nil) else { throw Failure("no room for its contents") }
      let output = try FileHandle(forWritingTo: target)
      let errors = Pipe()
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["gzip", "-dc", "--", url.path]
      process.standardOutput = output
      process.standardError = errors
      try process.run()
      let told = errors.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      try output.close()
      guard process.terminationStatus == 0 else {
        let text = String(decoding: told, as: UTF8.self).split(separator: "\n").last.map(String.init) ?? ""
        throw Failure(text.split(separator: ": ").last.map(String.init) ?? "gzip does not take it")
      }
      // The mapping outlives the file's name.
      return try Data(contentsOf: target, options: .alwaysMapped)
    } catch {
      let reason = (error as? Failure)?.text ?? error.localizedDescription
      throw DataError(
        file: url.relativePath,
        problem: "the file cannot be unpacked (\(reason)); pack it again with gzip, or unpack it")
    }
  }

  private struct Failure: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }
}
