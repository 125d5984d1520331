import OrchardJSON

/// One JSON object a line; empty lines are skipped.
public struct JSONLinesFormat: DataFormat {
  private var lines: PlainTextFormat

  /// Needs no settings.
  public init(_ settings: DatasetSettings) { lines = PlainTextFormat(settings) }

  /// Finds the lines that are not empty.
  public mutating func index(_ bytes: UnsafeBufferPointer<UInt8>) throws(DataError) -> [RowPlace] {
    try lines.index(bytes)
  }

  /// Reads the line's object.
  public func fields(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) throws(DataError) -> JSONObject {
    try JSONRow.fields(bytes, line: line)
  }
}

/// Reads one JSON object that is a row.
enum JSONRow {
  static func fields(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) throws(DataError) -> JSONObject {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw DataError(line: line + error.line - 1, problem: "broken JSON at column \(error.column): \(error.problem)")
    }
    guard case .object(let object) = value else {
      throw DataError(line: line, problem: "\(value.kind), where an object {\"field\": …} is expected")
    }
    return object
  }
}
