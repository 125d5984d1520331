/// Why a text is not JSON, and where.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  /// What was wrong.
  public let problem: String
  /// The line, counted from 1.
  public let line: Int
  /// The column in bytes, counted from 1.
  public let column: Int

  /// One sentence for people.
  public var description: String { "line \(line), column \(column): \(problem)" }
}

extension JSONValue {
  /// Reads one JSON document (RFC 8259, and Python's `NaN` and `Infinity`).
  ///
  /// - Throws: `JSONError` with line and column.
  public init(parsing text: String) throws(JSONError) {
    var text = text
    var result: Result<JSONValue, JSONError> = .success(.null)
    text.withUTF8 { result = JSONValue.parse($0) }
    self = try result.get()
  }

  /// Reads one JSON document from UTF-8 bytes.
  ///
  /// - Throws: `JSONError` with line and column.
  public init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
    let found = bytes.withContiguousStorageIfAvailable { JSONValue.parse($0) }
    self = try (found ?? Array(bytes).withUnsafeBufferPointer { JSONValue.parse($0) }).get()
  }

  private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<JSONValue, JSONError> {
    var parser = JSONParser(bytes: bytes)
    do throws(JSONError) {
      return .success(try parser.document())
    } catch {
      return .failure(error)
    }
  }
}

/// A recursive-descent parser over bytes.
struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  var place = 0
  var depth = 0
  static let deepest = 512

  init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { place = 3 }
  }

  mutating func document() throws(JSONError) -> JSONValue {
    let value = try value()
    skipSpace()
    if place < bytes.count { throw problem("more text after the end of the document") }
    return value
  }

  func problem(_ text: String, at offset: Int? = nil) -> JSONError {
    let end = min(offset ?? place, bytes.count)
    var line = 1
    var start = 0
    for index in 0..<end where bytes[index] == 0x0A {
      line += 1
      start = index + 1
    }
    return JSONError(problem: text, line: line, column: end - start + 1)
  }

  mutating func skipSpace() {
    while place < bytes.count {
      switch bytes[place] {
      case 0x20, 0x0A, 0x0D, 0x09: place += 1
      default: return
      }
    }
  }

  mutating func value() throws(JSONError) -> JSONValue {
    skipSpace()
    guard place < bytes.count else { throw problem("the text ends where a value was expected") }
    switch bytes[place] {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "N"): return try word("NaN", .number(.nan))
    case UInt8(ascii: "I"): return try word("Infinity", .number(.infinity))
    default: return try number()
    }
  }

  mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let count = text.utf8CodeUnitCount
    guard place + count <= bytes.count, (0..<count).allSatisfy({ bytes[place + $0] == text.utf8Start[$0] }) else {
      throw problem("not a JSON value")
    }
    place += count
    return value
  }

  mutating func enter() throws(JSONError) {
    depth += 1
    if depth > Self.deepest { throw problem("nested more than \(Self.deepest) levels deep") }
    place += 1
  }

  mutating func object() throws(JSONError) -> JSONValue {
    try enter()
    defer { depth -= 1 }
    var object = JSONObject()
    skipSpace()
    if place < bytes.count, bytes[place] == UInt8(ascii: "}") {
      place += 1
      return .object(object)
    }
    while true {
      skipSpace()
      guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
        throw problem("a key in double quotes was expected")
      }
      let key = try string()
      skipSpace()
      guard place < bytes.count, bytes[place] == UInt8(ascii: ":") else {
        throw problem("a colon was expected after the key “\(key)”")
      }
      place += 1
      object.append(key: key, value: try value())
      if try !another(before: UInt8(ascii: "}")) { return .object(object) }
    }
  }

  mutating func array() throws(JSONError) -> JSONValue {
    try enter()
    defer { depth -= 1 }
    var elements: [JSONValue] = []
    skipSpace()
    if place < bytes.count, bytes[place] == UInt8(ascii: "]") {
      place += 1
      return .array(elements)
    }
    while true {
      elements.append(try value())
      if try !another(before: UInt8(ascii: "]")) { return .array(elements) }
    }
  }

  /// Steps over a comma and says true, or over the closing bracket and says false.
  mutating func another(before close: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    guard place < bytes.count else { throw problem("the text ends inside a list or an object") }
    let byte = bytes[place]
    guard byte == UInt8(ascii: ",") || byte == close else {
      throw problem("a comma or “\(Character(UnicodeScalar(close)))” was expected")
    }
    place += 1
    return byte != close
  }

  mutating func number() throws(JSONError) -> JSONValue {
    let start = place
    if bytes[place] == UInt8(ascii: "-") { place += 1 }
    if place < bytes.count, bytes[place] == UInt8(ascii: "I") {
      _ = try word("Infinity", .null)
      return .number(-.infinity)
    }
    let digits = place
    var value = 0
    var exact = true
    while place < bytes.count, bytes[place] &- 0x30 < 10 {
      let (times, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, more) = times.addingReportingOverflow(Int(bytes[place] &- 0x30))
      if over || more { exact = false }
      value = sum
      place += 1
    }
    guard place > digits else { throw problem("not a JSON value", at: start) }
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        exact = false
        place += 1
        continue
      default: break
      }
      break
    }
    if exact { return .integer(bytes[start] == UInt8(ascii: "-") ? -value : value) }
    guard let number = Double(String(decoding: bytes[start..<place], as: UTF8.self)) else {
      throw problem("not a number", at: start)
    }
    return .number(number)
  }
}
