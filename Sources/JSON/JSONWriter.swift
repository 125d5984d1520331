extension JSONValue {
  /// The document on one line: `{"a": 1, "b": [2, 3]}`.
  ///
  /// A number that is not finite is written as `null`.
  public var text: String {
    var out: [UInt8] = []
    write(into: &out, indent: nil)
    return String(decoding: out, as: UTF8.self)
  }

  /// The document over several lines, two spaces a level, without a final line break.
  public var prettyText: String {
    var out: [UInt8] = []
    write(into: &out, indent: 0)
    return String(decoding: out, as: UTF8.self)
  }

  private func write(into out: inout [UInt8], indent: Int?) {
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): out.append(contentsOf: value.description.utf8)
    case .number(let value): out.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
    case .string(let value): JSONValue.write(value, into: &out)
    case .array(let elements):
      JSONValue.write(elements, open: "[", close: "]", into: &out, indent: indent) { element, out, indent in
        element.write(into: &out, indent: indent)
      }
    case .object(let object):
      JSONValue.write(object.entries, open: "{", close: "}", into: &out, indent: indent) { entry, out, indent in
        JSONValue.write(entry.key, into: &out)
        out.append(contentsOf: ": ".utf8)
        entry.value.write(into: &out, indent: indent)
      }
    }
  }

  private static func write<Element>(
    _ elements: [Element], open: Character, close: Character, into out: inout [UInt8], indent: Int?,
    element: (Element, inout [UInt8], Int?) -> Void
  ) {
    let inner = indent.map { $0 + 2 }
    func newLine(_ spaces: Int?, into out: inout [UInt8]) {
      guard let spaces else { return }
      out.append(0x0A)
      out.append(contentsOf: repeatElement(0x20, count: spaces))
    }
    out.append(contentsOf: open.utf8)
    for (index, value) in elements.enumerated() {
      if index > 0 { out.append(contentsOf: (inner == nil ? ", " : ",").utf8) }
      newLine(inner, into: &out)
      element(value, &out, inner)
    }
    if !elements.isEmpty { newLine(indent, into: &out) }
    out.append(contentsOf: close.utf8)
  }

  private static func write(_ text: String, into out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): out.append(contentsOf: "\\\"".utf8)
      case UInt8(ascii: "\\"): out.append(contentsOf: "\\\\".utf8)
      case 0x0A: out.append(contentsOf: "\\n".utf8)
      case 0x0D: out.append(contentsOf: "\\r".utf8)
      case 0x09: out.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7F:
        let hex = String(byte, radix: 16)
        out.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8)
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
