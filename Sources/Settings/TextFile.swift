import Foundation

/// Why a file could not be read as text.
public struct TextFileError: Error, Equatable, CustomStringConvertible {
  /// The file.
  public let file: String
  /// What is wrong with it, beginning with a verb.
  public let problem: String

  /// A problem with a file.
  public init(file: String, problem: String) {
    self.file = file
    self.problem = problem
  }

  /// One sentence for people.
  public var description: String { "\(file) \(problem)" }
}

/// Reads whole files of UTF-8 text.
public enum TextFile {
  /// The text of a file, without a byte-order mark.
  ///
  /// - Throws: `TextFileError` where the file is missing, a folder, unreadable, or not UTF-8 (with line and byte).
  public static func read(_ url: URL) throws(TextFileError) -> String {
    var bytes = Array(try data(url))
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    if let place = firstInvalidByte(in: bytes) {
      let line = bytes[..<place].count { $0 == 0x0A } + 1
      throw TextFileError(file: url.relativePath, problem: "is not UTF-8 text: line \(line), byte \(place)")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The bytes of a file.
  ///
  /// - Throws: `TextFileError` where the file is missing, a folder, or unreadable.
  public static func data(_ url: URL) throws(TextFileError) -> Data {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw TextFileError(file: url.relativePath, problem: "does not exist")
    }
    if isFolder.boolValue { throw TextFileError(file: url.relativePath, problem: "is a folder, not a file") }
    do {
      return try Data(contentsOf: url)
    } catch {
      throw TextFileError(file: url.relativePath, problem: "cannot be read: \(error.localizedDescription)")
    }
  }

  /// The place of the first byte that is not UTF-8, or nil.
  public static func firstInvalidByte(in bytes: some Collection<UInt8>) -> Int? {
    let found = bytes.withContiguousStorageIfAvailable { buffer -> Int? in
      // A validating decoder repairs an error with U+FFFD; walk with the standard library's own parser to find it.
      var iterator = buffer.makeIterator()
      var parser = Unicode.UTF8.ForwardParser()
      var place = 0
      while true {
        switch parser.parseScalar(from: &iterator) {
        case .valid(let scalar): place += scalar.count
        case .emptyInput: return nil
        case .error: return place
        }
      }
    }
    return found ?? firstInvalidByte(in: Array(bytes))
  }
}
