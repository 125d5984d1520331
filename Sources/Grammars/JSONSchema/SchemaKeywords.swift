import OrchardJSON

/// The keywords of JSON Schema that are followed here.
enum SchemaKeywords {
  /// Keywords that join schemas.
  static let joining: Set<String> = ["$ref", "allOf", "anyOf", "oneOf"]
  /// Keywords about any value.
  static let general: Set<String> = ["type", "enum", "const", "nullable"]
  static let text: Set<String> = ["minLength", "maxLength", "pattern", "format"]
  static let number: Set<String> = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]
  static let list: Set<String> = ["items", "prefixItems", "additionalItems", "minItems", "maxItems"]
  static let object: Set<String> = [
    "properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties",
  ]
  /// Keywords that say nothing about what is valid.
  private static let silent: Set<String> = [
    "$schema", "$id", "$comment", "$defs", "definitions", "$anchor", "title", "description", "default", "examples",
    "example", "deprecated", "readOnly", "writeOnly",
  ]
  private static let followed = joining.union(general).union(text).union(number).union(list).union(object)

  /// Refuses keywords that would have to be left out.
  ///
  /// - Throws: `GrammarError` that names the first.
  static func check(_ place: SchemaPlace) throws {
    guard let object = place.value.object else {
      throw place.problem("should be a schema (an object, true or false), not \(place.value.kind)")
    }
    for (key, value) in object.entries where !followed.contains(key) && !silent.contains(key) && !key.hasPrefix("x-") {
      // It asks for nothing then.
      if key == "uniqueItems", value.bool == false { continue }
      throw place.problem("the keyword “\(key)” is not supported; take it out, or check it after generation")
    }
  }
}

/// Kinds of JSON values; a number is whole or not.
struct ValueKinds: OptionSet, Sendable {
  let rawValue: Int
  static let null = ValueKinds(rawValue: 1)
  static let boolean = ValueKinds(rawValue: 2)
  static let whole = ValueKinds(rawValue: 4)
  static let fraction = ValueKinds(rawValue: 8)
  static let text = ValueKinds(rawValue: 16)
  static let list = ValueKinds(rawValue: 32)
  static let object = ValueKinds(rawValue: 64)
  static let all = ValueKinds(rawValue: 127)
  static let numbers: ValueKinds = [.whole, .fraction]

  /// The kinds of a type's name, or nil for an unknown one.
  init?(type: String) {
    switch type {
    case "null": self = .null
    case "boolean": self = .boolean
    case "integer": self = .whole
    case "number": self = .numbers
    case "string": self = .text
    case "array": self = .list
    case "object": self = .object
    default: return nil
    }
  }

  init(rawValue: Int) { self.rawValue = rawValue }

  /// The kind of a value.
  init(of value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool: self = .boolean
    case .integer: self = .whole
    case .number: self = value.int == nil ? .fraction : .whole
    case .string: self = .text
    case .array: self = .list
    case .object: self = .object
    }
  }
}
