import Synchronization

/// How far a pull has come.
public struct PullProgress: Sendable {
  /// Bytes that are in the cache, those from earlier times included.
  public var bytes = 0
  /// Bytes in all.
  public var totalBytes = 0
  /// Files that are whole.
  public var files = 0
  /// Files in all.
  public var totalFiles = 0
  /// Bytes that were there before.
  public var bytesBefore = 0
}

/// Counts what comes through several connections.
final class PullCounter: Sendable {
  private let progress: Mutex<PullProgress>
  private let report: @Sendable (PullProgress) throws -> Void

  init(_ progress: PullProgress, report: @escaping @Sendable (PullProgress) throws -> Void) {
    self.progress = Mutex(progress)
    self.report = report
  }

  var now: PullProgress { progress.withLock { $0 } }

  func add(bytes: Int = 0, files: Int = 0, before: Int = 0) throws {
    let now = progress.withLock { progress in
      progress.bytes += bytes
      progress.files += files
      progress.bytesBefore += before
      return progress
    }
    try report(now)
  }
}
