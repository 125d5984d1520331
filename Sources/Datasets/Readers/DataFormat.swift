import OrchardJSON
import OrchardSettings

/// Where a row stands in its file.
public struct RowPlace: Sendable, Equatable {
  /// The first byte.
  public let start: Int
  /// The number of bytes.
  public let count: UInt32
  /// The line, counted from 1.
  public let line: UInt32

  /// A row from byte `start` to before byte `end`.
  ///
  /// - Throws: `DataError` for a row of 4 GiB and more.
  public init(start: Int, end: Int, line: Int) throws(DataError) {
    guard let count = UInt32(exactly: end - start), let short = UInt32(exactly: line) else {
      throw DataError(line: line, problem: "a row of \(end - start) bytes is too long")
    }
    self.start = start
    self.count = count
    self.line = short
  }
}

/// How one kind of data file is read: first where its rows stand, then any row alone.
///
/// Errors carry the line; the caller adds the file.
public protocol DataFormat: Sendable {
  /// Gets ready to read a file with the settings given.
  init(_ settings: DatasetSettings)

  /// Finds the rows of a file, without keeping them.
  ///
  /// - Throws: `DataError` with the line.
  mutating func index(_ bytes: UnsafeBufferPointer<UInt8>) throws(DataError) -> [RowPlace]

  /// Reads one row.
  ///
  /// - Throws: `DataError` with the line.
  func fields(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) throws(DataError) -> JSONObject
}

/// The kinds of data files, by name.
public enum DataFormats {
  /// All formats.
  public static let catalog = Catalog<any DataFormat.Type>(
    of: "data format",
    [
      .init("jsonl", "One JSON object a line.", JSONLinesFormat.self),
      .init("json", "One JSON list of objects, or an object that holds it as “examples”.", JSONListFormat.self),
      .init("csv", "Fields between commas (RFC 4180), names in the first line.", CSVFormat.self),
      .init("tsv", "Fields between tabs, names in the first line.", TSVFormat.self),
      .init("text", "One text a line, in the field “text”; empty lines are skipped.", PlainTextFormat.self),
    ])

  private static let extensions = [
    "jsonl": "jsonl", "ndjson": "jsonl", "json": "json", "csv": "csv", "tsv": "tsv", "tab": "tsv", "txt": "text",
    "text": "text",
  ]

  /// The format that a file's extension stands for, or nil.
  public static func name(forExtension suffix: String) -> String? { extensions[suffix.lowercased()] }
}
