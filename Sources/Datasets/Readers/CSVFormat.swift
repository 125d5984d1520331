import OrchardJSON

/// Fields between commas after RFC 4180: a field in double quotes may hold commas, line breaks and doubled quotes.
public struct CSVFormat: DataFormat {
  private var table: SeparatedTable

  /// A comma-separated table.
  public init(_ settings: DatasetSettings) { table = SeparatedTable(UInt8(ascii: ","), settings) }

  /// Reads the names in the first line and finds the rows.
  public mutating func index(_ bytes: UnsafeBufferPointer<UInt8>) throws(DataError) -> [RowPlace] {
    try table.index(bytes)
  }

  /// Reads one row's fields.
  public func fields(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) throws(DataError) -> JSONObject {
    try table.fields(bytes, line: line)
  }
}

/// Fields between tabs, otherwise as in a CSV file.
public struct TSVFormat: DataFormat {
  private var table: SeparatedTable

  /// A tab-separated table.
  public init(_ settings: DatasetSettings) { table = SeparatedTable(0x09, settings) }

  /// Reads the names in the first line and finds the rows.
  public mutating func index(_ bytes: UnsafeBufferPointer<UInt8>) throws(DataError) -> [RowPlace] {
    try table.index(bytes)
  }

  /// Reads one row's fields.
  public func fields(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) throws(DataError) -> JSONObject {
    try table.fields(bytes, line: line)
  }
}
