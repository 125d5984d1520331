import Foundation

/// The cache's folders, laid out as the huggingface_hub package lays them out.
///
/// ```
/// models--OWNER--NAME/blobs/HASH            the files by their content
/// models--OWNER--NAME/refs/REVISION         the commit that a branch or tag stood for when it was fetched
/// models--OWNER--NAME/snapshots/COMMIT/…    a model folder: links to the blobs
/// .locks/models--OWNER--NAME/HASH.lock      held while a blob is written
/// ```
struct HubCache: Sendable {
  let root: URL

  func repository(_ name: HubName) -> URL { root.appending(path: name.folder) }

  func blob(_ hash: ContentHash, of name: HubName) -> URL {
    repository(name).appending(path: "blobs").appending(path: hash.hex)
  }

  func lock(_ hash: ContentHash, of name: HubName) -> URL {
    root.appending(path: ".locks").appending(path: name.folder).appending(path: hash.hex + ".lock")
  }

  func snapshot(_ commit: String, of name: HubName) -> URL {
    repository(name).appending(path: "snapshots").appending(path: commit)
  }

  private func reference(_ name: HubName) -> URL {
    repository(name).appending(path: "refs").appending(path: name.revision)
  }

  /// The commit that was fetched for a revision; nil where it never was.
  func commit(of name: HubName) -> String? {
    if name.isCommit { return name.revision }
    let text = try? String(contentsOf: reference(name), encoding: .utf8)
    return text?.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Notes which commit a revision stands for.
  func setCommit(_ commit: String, of name: HubName) throws {
    if name.isCommit { return }
    let url = reference(name)
    try make(url.deletingLastPathComponent())
    do {
      try Data(commit.utf8).write(to: url, options: .atomic)
    } catch { throw HubError("\(url.path): cannot be written (\(error.localizedDescription))") }
  }

  /// Puts a link to a blob under a file's path into a snapshot.
  func link(_ path: String, to hash: ContentHash, in commit: String, of name: HubName) throws {
    let place = snapshot(commit, of: name).appending(path: path)
    let up = Array(repeating: "..", count: path.split(separator: "/").count + 1).joined(separator: "/")
    let target = "\(up)/blobs/\(hash.hex)"
    if (try? FileManager.default.destinationOfSymbolicLink(atPath: place.path)) == target { return }
    try make(place.deletingLastPathComponent())
    // Made beside and renamed: another process may be doing the same.
    let fresh = place.deletingLastPathComponent().appending(path: ".\(place.lastPathComponent).\(getpid()).part")
    unlink(fresh.path)
    guard symlink(target, fresh.path) == 0, rename(fresh.path, place.path) == 0 else {
      throw HubError("\(place.path): the link cannot be made (\(String(cString: strerror(errno))))")
    }
  }

  /// Makes a folder with all above it.
  func make(_ folder: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw HubError(
        "\(folder.path): the folder cannot be made (\(error.localizedDescription)); name another by HF_HOME")
    }
  }
}
