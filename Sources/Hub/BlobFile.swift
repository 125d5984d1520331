import Foundation

/// A blob in the making: `HASH.incomplete`, written at its end, whose digest grows with it.
final class BlobFile {
  private let url: URL
  private let size: Int
  private let hash: ContentHash
  private var descriptor: Int32
  private var digest: ContentDigest
  /// Bytes that are there.
  private(set) var count = 0

  /// Opens what an earlier attempt left, or begins anew.
  init(_ url: URL, size: Int, hash: ContentHash) throws {
    self.url = url
    self.size = size
    self.hash = hash
    digest = hash.digest(size: size)
    descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw failure("cannot be written") }
    try readOn()
    if count > size { try restart() }
  }

  deinit { close(descriptor) }

  /// Takes in what an earlier attempt wrote.
  private func readOn() throws {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let got = read(descriptor, &bytes, bytes.count)
      if got < 0 { throw failure("cannot be read") }
      if got == 0 { return }
      digest.update(Array(bytes[..<got]))
      count += got
    }
  }

  /// Forgets all bytes.
  func restart() throws {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure("cannot be emptied") }
    digest = hash.digest(size: size)
    count = 0
  }

  /// Appends bytes.
  func append(_ bytes: [UInt8]) throws {
    guard count + bytes.count <= size else {
      throw HubError("\(url.lastPathComponent): the hub sends more bytes than the \(size) that it announced")
    }
    var start = 0
    while start < bytes.count {
      let written = bytes[start...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        throw failure("cannot be written")
      }
      start += written
    }
    digest.update(bytes)
    count += bytes.count
  }

  /// Whether all bytes are there and are the right ones.
  var isRight: Bool { count == size && digest.hex() == hash.hex }

  /// Flushes the bytes to the disk and gives the blob its name.
  func commit(to final: URL) throws {
    guard fsync(descriptor) == 0 else { throw failure("cannot be written to the disk") }
    guard rename(url.path, final.path) == 0 else { throw failure("cannot be given its name") }
  }

  private func failure(_ what: String) -> HubError {
    let reason = errno
    var cure = ""
    if reason == ENOSPC || reason == EDQUOT {
      cure = "; free some space, or name another disk by HF_HOME; what has come is kept, and the same command goes on"
    }
    if reason == EACCES || reason == EROFS || reason == EPERM { cure = "; name a folder of yours by HF_HOME" }
    return HubError("\(url.path): \(what) (\(String(cString: strerror(reason))))\(cure)")
  }
}
