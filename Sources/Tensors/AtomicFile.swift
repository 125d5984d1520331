import Foundation

/// A file written beside its final name and renamed when it is whole and on the disk.
///
/// Whatever interrupts the writing, the file under the final name is the old one or the new one, never a part.
public final class AtomicFile {
  private let url: URL
  private let temporary: URL
  private var descriptor: Int32

  /// Opens a temporary file beside `url`.
  ///
  /// - Throws: `EngineError` with the reason where that cannot be done.
  public init(_ url: URL) throws {
    self.url = url
    temporary = url.deletingLastPathComponent().appending(
      path: ".\(url.lastPathComponent).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).part")
    descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw failure("cannot be written") }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporary.path)
  }

  private func failure(_ what: String) -> EngineError {
    let reason = errno
    var cure = ""
    if reason == ENOSPC || reason == EDQUOT { cure = "; free some space and start again, nothing was lost" }
    if reason == EACCES || reason == EROFS || reason == EPERM { cure = "; choose a folder that you may write to" }
    if reason == ENOENT { cure = "; make its folder first" }
    return EngineError("\(url.path): \(what) (\(String(cString: strerror(reason))))\(cure)")
  }

  /// Appends bytes.
  ///
  /// - Throws: `EngineError` where the disk is full or fails.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      #if canImport(Glibc) || canImport(Musl)
        let written = Foundation.write(descriptor, part.baseAddress, min(part.count, 1 << 30))
      #else
        let written = Darwin.write(descriptor, part.baseAddress, min(part.count, 1 << 30))
      #endif
      if written < 0 {
        if errno == EINTR { continue }
        throw failure("cannot be written")
      }
      rest = rest.dropFirst(written)
    }
  }

  /// Appends text.
  ///
  /// - Throws: `EngineError` where the disk is full or fails.
  public func write(_ text: String) throws {
    try Array(text.utf8).withUnsafeBytes { try write($0) }
  }

  /// Flushes the file to the disk and gives it its name.
  ///
  /// - Throws: `EngineError` where that fails; the old file stands then.
  public func commit() throws {
    guard fsync(descriptor) == 0 else { throw failure("cannot be written to the disk") }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0, rename(temporary.path, url.path) == 0 else {
      let error = failure("cannot be given its name")
      unlink(temporary.path)
      throw error
    }
    let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  /// Writes a whole text file at once.
  ///
  /// - Throws: `EngineError` where that fails; the old file stands then.
  public static func write(_ text: String, to url: URL) throws {
    let file = try AtomicFile(url)
    try file.write(text)
    try file.commit()
  }
}
