import OrchardJSON

/// One JSON list of objects, or one object that holds the list as “examples” or “data”; also a file named `.json` that
/// holds one object a line.
public struct JSONListFormat: DataFormat {
  private let settings: DatasetSettings

  /// Needs no settings of its own.
  public init(_ settings: DatasetSettings) { self.settings = settings }

  /// Finds the list's elements by their brackets, commas and quotes; they are parsed when they are read.
  public mutating func index(_ bytes: UnsafeBufferPointer<UInt8>) throws(DataError) -> [RowPlace] {
    var scan = Scan(bytes: bytes)
    scan.skipSpace()
    var isWrapped = false
    if scan.byte == UInt8(ascii: "{") {
      guard let list = scan.listInObject() else {
        var lines = JSONLinesFormat(settings)
        return try lines.index(bytes)
      }
      scan = list
      isWrapped = true
    }
    guard scan.byte == UInt8(ascii: "[") else {
      if scan.byte == nil { return [] }
      throw DataError(line: scan.line, problem: "a JSON list [ … ] of objects is expected")
    }
    let opened = scan.line
    scan.place += 1
    scan.skipSpace()
    if scan.byte == UInt8(ascii: "]") { return isWrapped ? [] : try finish(&scan, []) }
    var places: [RowPlace] = []
    while true {
      scan.skipSpace()
      let (start, line) = (scan.place, scan.line)
      scan.skipElement()
      guard let byte = scan.byte else {
        throw DataError(line: line, problem: "the list that begins on line \(opened) is not closed after this element")
      }
      places.append(try RowPlace(start: start, end: scan.place, line: line))
      if byte == UInt8(ascii: "]") { return isWrapped ? places : try finish(&scan, places) }
      scan.place += 1
    }
  }

  /// Reads the element's object.
  public func fields(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) throws(DataError) -> JSONObject {
    try JSONRow.fields(bytes, line: line)
  }

  private func finish(_ scan: inout Scan, _ places: [RowPlace]) throws(DataError) -> [RowPlace] {
    scan.place += 1
    scan.skipSpace()
    guard scan.byte == nil else { throw DataError(line: scan.line, problem: "more text after the end of the list") }
    return places
  }

  private struct Scan {
    let bytes: UnsafeBufferPointer<UInt8>
    var place = 0
    var line = 1

    var byte: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func skipSpace() {
      while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) {
        if bytes[place] == 0x0A { line += 1 }
        place += 1
      }
    }

    /// The scan at the list of rows in the object that is the whole file; nil where there is none.
    func listInObject() -> Scan? {
      var scan = self
      var found: Scan?
      repeat {
        scan.place += 1
        scan.skipSpace()
        let start = scan.place
        guard scan.byte == UInt8(ascii: "\"") else { return nil }
        scan.skipString()
        scan.place += 1
        let key = String(decoding: bytes[min(start, bytes.count)..<min(scan.place, bytes.count)], as: UTF8.self)
        scan.skipSpace()
        guard scan.byte == UInt8(ascii: ":") else { return nil }
        scan.place += 1
        scan.skipSpace()
        if found == nil, ["\"examples\"", "\"data\""].contains(key), scan.byte == UInt8(ascii: "[") { found = scan }
        scan.skipElement()
      } while scan.byte == UInt8(ascii: ",")
      guard scan.byte == UInt8(ascii: "}") else { return nil }
      scan.place += 1
      scan.skipSpace()
      return scan.byte == nil ? found : nil
    }

    /// Goes to the comma or the bracket that ends the element.
    mutating func skipElement() {
      var depth = 0
      while place < bytes.count {
        switch bytes[place] {
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
          if depth == 0 { return }
          depth -= 1
        case UInt8(ascii: ",") where depth == 0: return
        case 0x0A: line += 1
        default: break
        }
        place += 1
      }
    }

    /// Goes from the opening to the closing quote.
    private mutating func skipString() {
      place += 1
      while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
        if bytes[place] == UInt8(ascii: "\\") { place += 1 }
        if place < bytes.count, bytes[place] == 0x0A { line += 1 }
        place += 1
      }
    }
  }
}
