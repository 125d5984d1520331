/// A model on the hub: `OWNER/NAME`, or `OWNER/NAME@REVISION` where it is not the main branch.
public struct HubName: Sendable, Hashable, CustomStringConvertible {
  /// Owner and name, or the bare name of one of the oldest models.
  public let repository: String
  /// A branch, a tag or a commit.
  public let revision: String

  /// Reads `OWNER/NAME[@REVISION]`.
  ///
  /// - Throws: `HubError` that says what such a name looks like.
  public init(_ text: String) throws {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let words = parts[0].split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(words.count), words.allSatisfy(Self.isWord), parts.count == 1 || Self.isRevision(parts[1])
    else {
      throw HubError("“\(text)” is no name on the hub; one looks like OWNER/NAME or OWNER/NAME@REVISION")
    }
    repository = parts[0]
    revision = parts.count == 1 ? "main" : parts[1]
  }

  /// The name as it was written.
  public var description: String { revision == "main" ? repository : "\(repository)@\(revision)" }

  /// Whether the text can only be meant as `OWNER/NAME`: two words, and no file's place.
  public static func isMeant(by text: String) -> Bool {
    guard let name = try? HubName(text) else { return false }
    return name.repository.contains("/")
  }

  /// The folder's name in the cache.
  var folder: String { "models--" + repository.replacing("/", with: "--") }

  /// Whether the revision is a commit itself.
  var isCommit: Bool { revision.count == 40 && revision.allSatisfy(\.isHexDigit) }

  private static func isWord(_ word: Substring) -> Bool {
    guard let first = word.first, let last = word.last, word.count <= 96 else { return false }
    return ![first, last].contains { ".-".contains($0) } && !word.contains("..") && !word.contains("--")
      && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
  }

  private static func isRevision(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix("/") && !text.hasSuffix("/") && !text.contains("..") && text != "."
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-/+".contains($0)) }
  }
}
