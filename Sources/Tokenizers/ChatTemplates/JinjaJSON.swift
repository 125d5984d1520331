/// Values as JSON text, as Python's `json.dumps` writes them.
struct JinjaJSON {
  var ensuresASCII = false
  var indent: String?
  var separators: (item: String, key: String)
  var sortsKeys = false
  let place: JinjaPlace

  func text(_ value: JinjaValue, _ depth: Int = 0) throws -> String {
    switch value {
    case .none: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .integer(let value): return "\(value)"
    case .number(let value):
      if value.isNaN { return "NaN" }
      return value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : JinjaValue.text(of: value)
    case .string(let text): return quoted(text)
    case .list(let items), .tuple(let items):
      return wrapped("[", try items.map { try text($0, depth + 1) }, "]", depth)
    case .dictionary(let dictionary):
      var entries = try dictionary.entries.map { (try key($0.key), $0.value) }
      if sortsKeys { entries.sort { $0.0.unicodeScalars.lexicographicallyPrecedes($1.0.unicodeScalars) } }
      return wrapped("{", try entries.map { quoted($0) + separators.key + (try text($1, depth + 1)) }, "}", depth)
    case .undefined(let why): throw place.error("what is undefined cannot be written as JSON: \(why)")
    default: throw place.error("\(value.kind) cannot be written as JSON")
    }
  }

  private func key(_ key: JinjaValue) throws -> String {
    switch key {
    case .string(let text): return text
    case .none, .bool, .integer, .number: return try text(key)
    default: throw place.error("\(key.kind) cannot be a key in JSON")
    }
  }

  private func wrapped(_ open: String, _ parts: [String], _ close: String, _ depth: Int) -> String {
    guard let indent, !parts.isEmpty else { return open + parts.joined(separator: separators.item) + close }
    let outer = "\n" + String(repeating: indent, count: depth)
    let inner = outer + indent
    return open + inner + parts.joined(separator: separators.item + inner) + outer + close
  }

  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{08}": result += "\\b"
      case "\u{0C}": result += "\\f"
      default:
        if scalar.value < 0x20 || (ensuresASCII && scalar.value > 0x7E) {
          for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          }
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
