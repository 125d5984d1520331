import Foundation

/// The Swift compiler that the shell finds.
struct SwiftTools {
  /// The version, as `6.3.1`.
  let version: String

  /// The compiler's file.
  let path: String

  /// Looks for `swift` in PATH and asks it for its version; nil if it is not there or does not answer.
  static func find() -> SwiftTools? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let candidates = folders.map { "\($0)/swift" }
    guard let path = candidates.first(where: FileManager.default.isExecutableFile(atPath:)) else { return nil }
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: path)
    process.arguments = ["--version"]
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil, let data = try? pipe.fileHandleForReading.readToEnd() else { return nil }
    process.waitUntilExit()
    let words = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard let place = words.firstIndex(of: "version"), place + 1 < words.count else { return nil }
    return SwiftTools(version: String(words[place + 1]), path: path)
  }
}
