import OrchardJSON

/// Writes settings as YAML that this room, and any other reader, reads back as the same values.
enum YAMLWriter {
  static let width = 100

  static func text(_ outline: SettingsOutline, comments: Bool) -> String {
    switch outline {
    case .group, .names: return block(outline, indent: 0, comments: comments)
    default: return flow(outline.json) + "\n"
    }
  }

  /// Lines of a group or of a list of groups, each ended by a line break.
  private static func block(_ outline: SettingsOutline, indent: Int, comments: Bool) -> String {
    let margin = String(repeating: " ", count: indent)
    switch outline {
    case .group(let entries):
      var text = ""
      for (index, entry) in entries.enumerated() {
        if comments {
          if indent == 0, index > 0 { text += "\n" }
          let expected = entry.expected.isEmpty ? "" : " [\(entry.expected)]"
          if !(entry.help + expected).isEmpty { text += comment(entry.help + expected, indent: indent) }
        }
        text += margin + entry.name + ":" + value(entry.outline, indent: indent, comments: comments)
      }
      return text
    case .names(let entries):
      return entries.map { entry in
        margin + scalar(entry.name) + ":" + value(entry.outline, indent: indent, comments: comments)
      }.joined()
    case .list(let elements):
      return elements.map { element in
        guard element.isBlock else { return margin + "- " + flow(element.json) + "\n" }
        let lines = block(element, indent: indent + 2, comments: comments)
        guard comments else { return margin + "- " + lines.dropFirst(indent + 2) }
        return margin + "-\n" + lines
      }.joined()
    case .value(let value): return margin + flow(value) + "\n"
    }
  }

  private static func value(_ outline: SettingsOutline, indent: Int, comments: Bool) -> String {
    outline.isBlock ? "\n" + block(outline, indent: indent + 2, comments: comments) : " " + flow(outline.json) + "\n"
  }

  static func comment(_ text: String, indent: Int) -> String {
    let margin = String(repeating: " ", count: indent) + "#"
    var lines = [margin]
    for word in text.split(whereSeparator: \.isWhitespace) {
      if lines[lines.count - 1].count + word.count + 1 > width, lines[lines.count - 1] != margin {
        lines.append(margin)
      }
      lines[lines.count - 1] += " " + word
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// A value on one line.
  static func flow(_ value: JSONValue) -> String {
    switch value {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .integer(let value): return String(value)
    case .number(let value): return number(value)
    case .string(let text): return scalar(text)
    case .array(let elements): return "[" + elements.map(flow).joined(separator: ", ") + "]"
    case .object(let object):
      return "{" + object.entries.map { scalar($0.key) + ": " + flow($0.value) }.joined(separator: ", ") + "}"
    }
  }

  /// A number; YAML 1.1 takes `1e-05` for a text and `1.0e-05` for a number.
  private static func number(_ value: Double) -> String {
    let text = value.description
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  /// A text, bare where no reader could take it for something else.
  static func scalar(_ text: String) -> String {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    let isSafe = text.unicodeScalars.allSatisfy { letter in
      letter.properties.isAlphabetic || ("0"..."9").contains(letter) || " _-./()+".unicodeScalars.contains(letter)
    }
    if isSafe, let first = text.unicodeScalars.first, first.properties.isAlphabetic || first == "/" || isPath(text),
      !text.hasSuffix(" "), !words.contains(text.lowercased())
    {
      return text
    }
    return quoted(text)
  }

  private static func isPath(_ text: String) -> Bool { text.hasPrefix("./") || text.hasPrefix("../") }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for letter in text.unicodeScalars {
      switch letter {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      default:
        // What YAML does not print, or would fold as a line break.
        let value = letter.value
        let isHidden = value < 0x20 || (0x7F...0x9F).contains(value) || [0x2028, 0x2029, 0xFEFF].contains(value)
        if isHidden || value == 0xFFFE || value == 0xFFFF {
          let hex = String(value, radix: 16)
          quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        } else {
          quoted.unicodeScalars.append(letter)
        }
      }
    }
    return quoted + "\""
  }
}

extension SettingsOutline {
  /// Whether this is written over several lines.
  fileprivate var isBlock: Bool {
    switch self {
    case .value: return false
    case .list(let elements): return elements.contains(where: \.isBlock)
    case .names(let entries): return !entries.isEmpty
    case .group(let entries): return !entries.isEmpty
    }
  }
}
