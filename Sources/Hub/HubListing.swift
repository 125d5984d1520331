import OrchardJSON

/// One file of a model on the hub.
struct HubFile: Sendable {
  /// Its path inside the model's folder.
  let path: String
  /// Its length in bytes.
  let size: Int
  /// What names its content.
  let hash: ContentHash
}

/// What the hub says of one revision of a model.
struct HubListing: Sendable {
  /// The commit that the revision stands for.
  let commit: String
  /// All its files.
  let files: [HubFile]

  /// Reads the hub's answer to `api/models/…/revision/…?blobs=true`.
  ///
  /// - Throws: `HubError` for an answer that is none, or a file's path that leads out of the folder.
  init(_ json: JSONValue, of name: HubName) throws {
    guard let commit = json["sha"]?.string, commit.count == 40, commit.allSatisfy(\.isHexDigit),
      let siblings = json["siblings"]?.array
    else { throw HubError("\(name): the hub's answer names no commit and files; is HF_ENDPOINT a model hub?") }
    self.commit = commit
    files = try siblings.map { entry in
      guard let path = entry["rfilename"]?.string, let size = entry["size"]?.int, size >= 0 else {
        throw HubError("\(name): the hub's list of files lacks a path or a size: \(entry.text)")
      }
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      guard !parts.contains(where: { ["", ".", ".."].contains($0) }), !path.contains("\0") else {
        throw HubError("\(name): the hub's list names the file “\(path)”, which would lie outside the model's folder")
      }
      let large = entry["lfs"]?["sha256"]?.string.flatMap(ContentHash.init(blob:))
      guard let hash = large ?? entry["blobId"]?.string.flatMap(ContentHash.init(blob:)) else {
        throw HubError("\(name): the hub gives no checksum of \(path), and without one it is not fetched")
      }
      return HubFile(path: path, size: size, hash: hash)
    }
  }
}
