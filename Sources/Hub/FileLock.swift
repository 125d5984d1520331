import Foundation

/// A lock that other processes see too: one fetches a blob, the others wait for it.
final class FileLock {
  private let descriptor: Int32

  /// Waits until the lock is ours.
  init(_ url: URL) async throws {
    descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw HubError(
        "\(url.path): the lock cannot be made (\(String(cString: strerror(errno)))); name a folder of yours by HF_HOME")
    }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 { try await Task.sleep(for: .milliseconds(100)) }
  }

  deinit { close(descriptor) }
}
