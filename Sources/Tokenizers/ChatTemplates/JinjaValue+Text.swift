import Foundation

extension JinjaValue {
  /// The value as it is written into the text: Python's `str`.
  var text: String {
    switch self {
    case .undefined: return ""
    case .string(let text): return text
    default: return representation
    }
  }

  /// Python's `repr`.
  var representation: String {
    switch self {
    case .undefined: return "Undefined"
    case .none: return "None"
    case .bool(let value): return value ? "True" : "False"
    case .integer(let value): return "\(value)"
    case .number(let value): return Self.text(of: value)
    case .string(let text): return Self.quoted(text)
    case .list(let values): return "[" + values.map(\.representation).joined(separator: ", ") + "]"
    case .tuple(let values):
      return "(" + values.map(\.representation).joined(separator: ", ") + (values.count == 1 ? ",)" : ")")
    case .dictionary(let dictionary):
      let entries = dictionary.entries.map { "\($0.key.representation): \($0.value.representation)" }
      return "{" + entries.joined(separator: ", ") + "}"
    case .range(let numbers): return "range(\(numbers.first ?? 0), \((numbers.last ?? -1) + 1))"
    case .namespace(let namespace):
      return "<Namespace \(JinjaValue.dictionary(namespace.fields).representation)>"
    case .function(let function): return "<function \(function.name)>"
    }
  }

  /// A number as Python writes it.
  static func text(of number: Double) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    return "\(number)"
  }

  private static func quoted(_ text: String) -> String {
    let quote: Character = text.contains("'") && !text.contains("\"") ? "\"" : "'"
    var result = String(quote)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\\": result += "\\\\"
      default:
        if Character(scalar) == quote {
          result += "\\\(quote)"
        } else if isPrintable(scalar) {
          result.unicodeScalars.append(scalar)
        } else {
          result += escape(scalar)
        }
      }
    }
    return result + String(quote)
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
    case .spaceSeparator: return scalar == " "
    default: return true
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    let (mark, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
    return "\\\(mark)" + String(repeating: "0", count: width - digits.count) + digits
  }
}
