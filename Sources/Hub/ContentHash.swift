import OrchardSettings

/// What names a file's content on the hub, and its blob in the cache.
enum ContentHash: Sendable, Hashable {
  /// A large file: the SHA-256 digest of its bytes.
  case sha256(String)
  /// A file kept in git itself: the SHA-1 digest of git's blob, a short header and the bytes.
  case gitBlob(String)

  /// The digest in hexadecimal, which is also the blob's name.
  var hex: String {
    switch self {
    case .sha256(let hex), .gitBlob(let hex): return hex
    }
  }

  /// The hash that a blob's name stands for; nil for a name that is no digest.
  init?(blob name: String) {
    guard name.allSatisfy(\.isHexDigit) else { return nil }
    switch name.count {
    case 64: self = .sha256(name)
    case 40: self = .gitBlob(name)
    default: return nil
    }
  }

  /// A digest that takes the bytes of a file of `size` bytes one after the other.
  func digest(size: Int) -> ContentDigest {
    switch self {
    case .sha256: return ContentDigest(algorithm: .sha256(SHA256()))
    case .gitBlob:
      var digest = SHA1()
      digest.update(Array("blob \(size)\0".utf8))
      return ContentDigest(algorithm: .sha1(digest))
    }
  }
}

/// A digest in the making.
struct ContentDigest {
  enum Algorithm {
    case sha256(SHA256)
    case sha1(SHA1)
  }

  var algorithm: Algorithm

  mutating func update(_ bytes: [UInt8]) {
    switch algorithm {
    case .sha256(var digest):
      digest.update(bytes)
      algorithm = .sha256(digest)
    case .sha1(var digest):
      digest.update(bytes)
      algorithm = .sha1(digest)
    }
  }

  func hex() -> String {
    switch algorithm {
    case .sha256(let digest): return digest.hex()
    case .sha1(let digest): return digest.hex()
    }
  }
}
