import Foundation

/// What stands behind `|`.
enum JinjaFilters {
  typealias Filter = @Sendable (JinjaValue, JinjaCall) throws -> JinjaValue

  static let names: Set<String> = Set(all.keys)

  /// The value after the filter called `name`.
  static func apply(_ name: String, _ value: JinjaValue, _ call: JinjaCall) throws -> JinjaValue {
    guard let filter = all[name] else { throw call.place.error("the filter “\(name)” is not known") }
    return try filter(value, call)
  }

  private static let all: [String: Filter] =
    texts.merging(numbers) { a, _ in a }.merging(lists) { a, _ in a }.merging(choices) { a, _ in a }

  private static let texts: [String: Filter] = [
    "upper": { value, _ in .string(value.text.uppercased()) },
    "lower": { value, _ in .string(value.text.lowercased()) },
    "title": { value, _ in .string(titled(value.text)) },
    "capitalize": { value, _ in .string(JinjaText.capitalized(value.text)) },
    "string": { value, _ in .string(value.text) },
    "safe": { value, _ in .string(value.text) },
    "trim": { value, call in
      try call.check("trim", ["chars"])
      guard let characters = try call.text(0, "chars") else { return .string(JinjaText.strip(value.text)) }
      let dropped = Set(characters.unicodeScalars)
      return .string(JinjaText.strip(value.text) { dropped.contains($0) })
    },
    "replace": { value, call in
      try call.check("replace", ["old", "new", "count"])
      guard let old = call.value(0, "old"), let new = call.value(1, "new") else {
        throw call.place.error("“replace” wants the old text and the new one")
      }
      return .string(
        JinjaText.replace(value.text, old.text, new.text, count: try call.integer(2, "count") ?? -1))
    },
    "indent": indent,
    "escape": escape, "e": escape, "forceescape": escape,
    "tojson": json,
    "wordcount": { value, _ in
      let words = value.text.unicodeScalars.split {
        !($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_")
      }
      return .integer(words.count)
    },
  ]

  private static let indent: Filter = { value, call in
    try call.check("indent", ["width", "first", "blank"])
    let indention: String
    if case .string(let text)? = call.value(0, "width") {
      indention = text
    } else {
      let width = try call.integer(0, "width") ?? 4
      guard width <= 10_000 else { throw call.place.error("an indent of \(width) is too wide") }
      indention = String(repeating: " ", count: max(0, width))
    }
    var lines = JinjaText.lines(value.text + "\n")
    let first = lines.removeFirst()
    let isBlank = call.value(2, "blank")?.isTrue ?? false
    let rest = lines.map { "\n" + ($0.isEmpty && !isBlank ? "" : indention) + $0 }.joined()
    return .string((call.value(1, "first")?.isTrue ?? false ? indention : "") + first + rest)
  }

  private static let escape: Filter = { value, _ in
    var text = ""
    for scalar in value.text.unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "'": text += "&#39;"
      case "\"": text += "&#34;"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return .string(text)
  }

  /// As the reference overrides it: nothing is escaped for HTML, and other alphabets stay as they are.
  private static let json: Filter = { value, call in
    try call.check("tojson", ["ensure_ascii", "indent", "separators", "sort_keys"])
    var writer = JinjaJSON(separators: (", ", ": "), place: call.place)
    writer.ensuresASCII = call.value(0, "ensure_ascii")?.isTrue ?? false
    if case .string(let text)? = call.value(1, "indent") {
      writer.indent = text
    } else if let width = try call.integer(1, "indent") {
      guard width <= 10_000 else { throw call.place.error("an indent of \(width) is too wide") }
      writer.indent = String(repeating: " ", count: max(0, width))
    }
    if writer.indent != nil { writer.separators.item = "," }
    if let separators = call.value(2, "separators"), let parts = separators.items, parts.count == 2 {
      writer.separators = (parts[0].text, parts[1].text)
    }
    writer.sortsKeys = call.value(3, "sort_keys")?.isTrue ?? false
    return .string(try writer.text(value))
  }

  /// Jinja's own `title`: a word begins behind a space, a dash or an opening bracket.
  private static func titled(_ text: String) -> String {
    var result = ""
    var begins = true
    for scalar in text.unicodeScalars {
      let isBorder = JinjaText.isSpace(scalar) || "-({[<".unicodeScalars.contains(scalar)
      result += begins ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping
      begins = isBorder
    }
    return result
  }

  private static let numbers: [String: Filter] = [
    "int": { value, call in
      try call.check("int", ["default", "base"])
      let standard = call.value(0, "default") ?? .integer(0)
      if case .string(let text) = value { return integer(text, base: try call.integer(1, "base") ?? 10) ?? standard }
      if let number = value.asInteger { return .integer(number) }
      return value.asDouble.flatMap { Int(exactly: $0.rounded(.towardZero)) }.map { .integer($0) } ?? standard
    },
    "float": { value, call in
      try call.check("float", ["default"])
      let standard = call.value(0, "default") ?? .number(0)
      if case .string(let text) = value { return double(text).map { .number($0) } ?? standard }
      return value.asDouble.map { .number($0) } ?? standard
    },
    "abs": { value, call in
      if let number = value.asInteger, number != Int.min { return .integer(abs(number)) }
      guard let number = value.asDouble else { throw call.place.error("“abs” wants a number, not \(value.kind)") }
      return .number(abs(number))
    },
    "round": { value, call in
      try call.check("round", ["precision", "method"])
      let precision = try call.integer(0, "precision") ?? 0
      let method = try call.text(1, "method") ?? "common"
      guard let number = value.asDouble else { throw call.place.error("“round” wants a number, not \(value.kind)") }
      guard (0...300).contains(precision) else {
        throw call.place.error("“round” wants a precision from 0, not \(precision)")
      }
      switch method {
      case "common":
        if let whole = value.asInteger { return .integer(whole) }
        return .number(Double(String(format: "%.\(precision)f", number)) ?? number)
      case "ceil", "floor":
        let scale = pow(10, Double(precision))
        return .number((number * scale).rounded(method == "ceil" ? .up : .down) / scale)
      default: throw call.place.error("“round” knows common, ceil and floor, not “\(method)”")
      }
    },
  ]

  private static func double(_ text: String) -> Double? {
    let text = JinjaText.strip(text)
    guard !text.lowercased().contains("x"), !text.lowercased().contains("p") else { return nil }
    return Double(text.replacing("_", with: ""))
  }

  private static func integer(_ text: String, base: Int) -> JinjaValue? {
    var digits = JinjaText.strip(text).replacing("_", with: "")
    for (prefix, wanted) in [("0x", 16), ("0o", 8), ("0b", 2)]
    where base == wanted && digits.lowercased().hasPrefix(prefix) {
      digits = String(digits.dropFirst(2))
    }
    if (2...36).contains(base), let number = Int(digits, radix: base) { return .integer(number) }
    return double(text).flatMap { Int(exactly: $0.rounded(.towardZero)) }.map { .integer($0) }
  }

  private static let choices: [String: Filter] = [
    "default": standard, "d": standard,
    "attr": { value, call in
      guard let name = try call.text(0, "name") else { throw call.place.error("“attr” wants a name") }
      return value.isUndefined ? value : .undefined("\(value.kind) has no attribute “\(name)”")
    },
  ]

  private static let standard: Filter = { value, call in
    try call.check("default", ["default_value", "boolean"])
    let counts = call.value(1, "boolean")?.isTrue ?? false
    return value.isUndefined || (counts && !value.isTrue) ? call.value(0, "default_value") ?? .string("") : value
  }
}
