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

  /// The place of the first byte that is not UTF-8, or nil (Unicode 15, table 3-7).
  public static func firstInvalidByte(in bytes: some Collection<UInt8>) -> Int? {
    bytes.withContiguousStorageIfAvailable(scan) ?? Array(bytes).withUnsafeBufferPointer(scan)
  }

  private static func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var place = 0
    while place < bytes.count {
      let first = bytes[place]
      if first < 0x80 {
        place += 1
        continue
      }
      let count: Int
      var second: ClosedRange<UInt8> = 0x80...0xBF
      switch first {
      case 0xC2...0xDF: count = 2
      case 0xE0: (count, second) = (3, 0xA0...0xBF)
      case 0xED: (count, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: count = 3
      case 0xF0: (count, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: count = 4
      case 0xF4: (count, second) = (4, 0x80...0x8F)
      default: return place
      }
      guard place + count <= bytes.count, second.contains(bytes[place + 1]),
        bytes[(place + 2)..<(place + count)].allSatisfy({ 0x80...0xBF ~= $0 })
      else { return place }
      place += count
    }
    return nil
  }
}
