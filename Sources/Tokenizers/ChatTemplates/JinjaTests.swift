/// What stands behind `is`.
enum JinjaTests {
  private typealias Test = @Sendable (JinjaValue, JinjaCall) throws -> Bool

  static let names: Set<String> = Set(all.keys)

  /// Whether a value passes the test called `name`.
  static func test(_ name: String, _ value: JinjaValue, _ call: JinjaCall) throws -> Bool {
    guard let test = all[name] else { throw call.place.error("the test “\(name)” is not known") }
    return try test(value, call)
  }

  private static let all: [String: Test] = {
    var all: [String: Test] = [
      "defined": { value, _ in !value.isUndefined },
      "undefined": { value, _ in value.isUndefined },
      "none": { value, _ in if case .none = value { true } else { false } },
      "boolean": { value, _ in if case .bool = value { true } else { false } },
      "true": { value, _ in if case .bool(true) = value { true } else { false } },
      "false": { value, _ in if case .bool(false) = value { true } else { false } },
      "integer": { value, _ in if case .integer = value { true } else { false } },
      "float": { value, _ in if case .number = value { true } else { false } },
      "number": { value, _ in value.asDouble != nil },
      "string": { value, _ in if case .string = value { true } else { false } },
      "mapping": { value, _ in if case .dictionary = value { true } else { false } },
      "sequence": { value, _ in
        if case .namespace = value { return false }
        return value.items != nil
      },
      "iterable": { value, _ in value.items != nil },
      "callable": { value, _ in if case .function = value { true } else { false } },
      "escaped": { _, _ in false },
      "lower": { value, _ in value.text.lowercased() == value.text && value.text.uppercased() != value.text },
      "upper": { value, _ in value.text.uppercased() == value.text && value.text.lowercased() != value.text },
      "odd": { value, call in try remainder(value, .integer(2), call) == 1 },
      "even": { value, call in try remainder(value, .integer(2), call) == 0 },
      "divisibleby": { value, call in try remainder(value, try other(call), call) == 0 },
      "sameas": { value, call in
        let other = try other(call)
        return value.kind == other.kind && value.equals(other)
      },
      "in": { value, call in
        let other = try other(call)
        guard let contains = other.contains(value) else {
          throw call.place.error("\(other.kind) does not tell whether \(value.kind) is in it")
        }
        return contains
      },
    ]
    let comparisons: [([String], Test)] = [
      (["eq", "equalto", "=="], { value, call in value.equals(try other(call)) }),
      (["ne", "!="], { value, call in !value.equals(try other(call)) }),
      (["lt", "lessthan", "<"], { value, call in try less(value, try other(call), call) }),
      (["gt", "greaterthan", ">"], { value, call in try less(try other(call), value, call) }),
      (["le", "<="], { value, call in !(try less(try other(call), value, call)) }),
      (["ge", ">="], { value, call in !(try less(value, try other(call), call)) }),
    ]
    for (names, test) in comparisons { for name in names { all[name] = test } }
    return all
  }()

  private static func other(_ call: JinjaCall) throws -> JinjaValue {
    guard let other = call.plain.first else { throw call.place.error("the test wants something to compare with") }
    return other
  }

  private static func less(_ a: JinjaValue, _ b: JinjaValue, _ call: JinjaCall) throws -> Bool {
    guard let less = a.isLess(than: b) else { throw call.place.error("\(a.kind) and \(b.kind) have no order") }
    return less
  }

  private static func remainder(_ value: JinjaValue, _ divisor: JinjaValue, _ call: JinjaCall) throws -> Int {
    guard let a = value.asInteger, let b = divisor.asInteger, b != 0 else {
      throw call.place.error("the test wants whole numbers, not \(value.kind) and \(divisor.kind)")
    }
    let rest = b == -1 ? 0 : a % b
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
  }
}
