import OrchardJSON

/// One text a line, in the field `text`; empty lines are skipped.
public struct PlainTextFormat: DataFormat {
  /// Needs no settings.
  public init(_ settings: DatasetSettings) {}

  /// Finds the lines that are not empty.
  public mutating func index(_ bytes: UnsafeBufferPointer<UInt8>) throws(DataError) -> [RowPlace] {
    var places: [RowPlace] = []
    for (range, number) in Lines(bytes) where !bytes.isBlank(range) {
      places.append(try RowPlace(start: range.lowerBound, end: range.upperBound, line: number))
    }
    return places
  }

  /// The line as one field.
  public func fields(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) throws(DataError) -> JSONObject {
    JSONObject([("text", .string(String(decoding: bytes, as: UTF8.self)))])
  }
}
