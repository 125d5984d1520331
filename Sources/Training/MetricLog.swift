import Foundation
import OrchardJSON
import OrchardTensors

/// A run's figures, one JSON object a line, each with its `step`.
///
/// Lines are appended as they come. A resumed run first drops the lines behind the step at which it goes on, so that
/// the file reads as if nothing had happened.
public final class MetricLog {
  /// The file.
  public let url: URL
  private let handle: FileHandle

  /// Opens the log for a run that has taken `step` steps.
  ///
  /// - Throws: `EngineError` where the file cannot be written.
  public init(_ url: URL, after step: Int) throws {
    self.url = url
    let kept = try Self.read(url).filter { ($0["step"]?.int ?? 0) <= step }
    try AtomicFile.write(kept.map { $0.text + "\n" }.joined(), to: url)
    guard let handle = FileHandle(forWritingAtPath: url.path) else {
      throw EngineError("\(url.path): cannot be written")
    }
    self.handle = handle
    _ = try? handle.seekToEnd()
  }

  /// Adds one line.
  ///
  /// - Throws: `EngineError` where the disk is full or fails.
  public func append(_ line: JSONValue) throws {
    do {
      try handle.write(contentsOf: Data((line.text + "\n").utf8))
    } catch {
      throw EngineError(
        "\(url.path): cannot be written (\(error.localizedDescription)); free some space and resume the run")
    }
  }

  /// The lines of a log; none where there is no file.
  ///
  /// A last line that was cut short is left out.
  public static func read(_ url: URL) throws -> [JSONValue] {
    guard let data = FileManager.default.contents(atPath: url.path) else { return [] }
    return data.split(separator: 0x0A).compactMap { try? JSONValue(parsing: $0) }
  }
}
