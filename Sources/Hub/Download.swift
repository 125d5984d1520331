import AsyncHTTPClient
import Foundation
import NIOCore

/// Fetches the files of one pull into the cache.
struct Download: Sendable {
  let name: HubName
  let commit: String
  let cache: HubCache
  let client: HubClient
  let counter: PullCounter
  let verify: Bool

  /// Refuses at once what cannot fit.
  func checkSpace(for files: [HubFile]) throws {
    let needed = files.reduce(0) { sum, file in
      let blob = cache.blob(file.hash, of: name)
      return sum + max(0, file.size - (Self.size(blob) ?? Self.size(Self.part(of: blob)) ?? 0))
    }
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: cache.root.path)
    guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue, needed > 0 else { return }
    if needed + client.settings.reserve > free {
      throw HubError(
        "\(name): needs \(Self.megabytes(needed)) MB more in \(cache.root.path), where \(Self.megabytes(free)) MB are free; "
          + "free some space, name another disk by HF_HOME, or fetch less by --include")
    }
  }

  /// Brings one file into the cache and links it into the snapshot.
  func fetch(_ file: HubFile) async throws {
    let blob = cache.blob(file.hash, of: name)
    let lock = try await FileLock(cache.lock(file.hash, of: name))
    if try isWhole(blob, file) {
      try counter.add(bytes: file.size, before: file.size)
    } else {
      try await bring(file, to: blob)
    }
    withExtendedLifetime(lock) {}
    try cache.link(file.path, to: file.hash, in: commit, of: name)
    try counter.add(files: 1)
  }

  private func bring(_ file: HubFile, to blob: URL) async throws {
    let part = try BlobFile(Self.part(of: blob), size: file.size, hash: file.hash)
    try counter.add(bytes: part.count, before: part.count)
    var wrong = 0
    while true {
      try await client.patiently(file.path) { begun in
        if part.count < file.size { try await receive(file, into: part, begun: begun) }
      }
      if part.isRight { break }
      wrong += 1
      try counter.add(bytes: -part.count)
      try part.restart()
      guard wrong < 3 else {
        throw HubError(
          "\(name): \(file.path) came three times with another checksum than the hub's own (\(file.hash.hex)); "
            + "something on the way changes it")
      }
    }
    try part.commit(to: blob)
  }

  private func receive(_ file: HubFile, into part: BlobFile, begun: () -> Void) async throws {
    let (isPart, body) = try await client.bytes(of: file, in: commit, from: part.count, of: name)
    if !isPart, part.count > 0 {
      try counter.add(bytes: -part.count)
      try part.restart()
    }
    for try await buffer in body {
      try Task.checkCancellation()
      let bytes = Array(buffer.readableBytesView)
      try part.append(bytes)
      try counter.add(bytes: bytes.count)
      begun()
    }
    if part.count < file.size { throw Incomplete() }
  }

  /// The connection ended properly, and too early.
  private struct Incomplete: Error, CustomStringConvertible {
    let description = "the connection ended before all bytes had come"
  }

  private func isWhole(_ blob: URL, _ file: HubFile) throws -> Bool {
    guard let size = Self.size(blob) else { return false }
    if size == file.size {
      if !verify, size > SnapshotCheck.smallSize { return true }
      if try BlobFile(blob, size: size, hash: file.hash).isRight { return true }
    }
    unlink(blob.path)
    return false
  }

  private static func part(of blob: URL) -> URL { blob.appendingPathExtension("incomplete") }

  private static func size(_ file: URL) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
    return (attributes?[.size] as? NSNumber)?.intValue
  }

  private static func megabytes(_ bytes: Int) -> Int { (bytes + 999_999) / 1_000_000 }
}
