import Foundation
import OrchardJSON

/// What a template computes with: Python's values.
indirect enum JinjaValue {
  /// What has no value; the text says why.
  case undefined(String)
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case list([JinjaValue])
  case tuple([JinjaValue])
  case dictionary(JinjaDictionary)
  /// Python's counted numbers, `range`.
  case range([Int])
  case namespace(JinjaNamespace)
  case function(JinjaFunction)

  init(_ json: JSONValue) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    case .string(let value): self = .string(value)
    case .array(let values): self = .list(values.map(JinjaValue.init))
    case .object(let object):
      var dictionary = JinjaDictionary()
      for (key, value) in object.entries { dictionary[.string(key)] = JinjaValue(value) }
      self = .dictionary(dictionary)
    }
  }

  var isTrue: Bool {
    switch self {
    case .undefined, .none: return false
    case .bool(let value): return value
    case .integer(let value): return value != 0
    case .number(let value): return value != 0
    case .string(let value): return !value.isEmpty
    case .list(let values), .tuple(let values): return !values.isEmpty
    case .dictionary(let dictionary): return !dictionary.entries.isEmpty
    case .range(let numbers): return !numbers.isEmpty
    case .namespace, .function: return true
    }
  }

  /// What kind of value this is, as Python calls it.
  var kind: String {
    switch self {
    case .undefined: return "Undefined"
    case .none: return "NoneType"
    case .bool: return "bool"
    case .integer: return "int"
    case .number: return "float"
    case .string: return "str"
    case .list: return "list"
    case .tuple: return "tuple"
    case .dictionary: return "dict"
    case .range: return "range"
    case .namespace: return "Namespace"
    case .function: return "function"
    }
  }

  /// The value as a number: truth values count as 0 and 1.
  var asInteger: Int? {
    switch self {
    case .bool(let value): return value ? 1 : 0
    case .integer(let value): return value
    default: return nil
    }
  }

  var asDouble: Double? {
    if case .number(let value) = self { return value }
    return asInteger.map(Double.init)
  }

  var isUndefined: Bool {
    if case .undefined = self { return true }
    return false
  }
}

/// Keys and values in the order in which they came.
struct JinjaDictionary {
  /// A key and its value.
  struct Entry {
    let key: JinjaValue
    var value: JinjaValue
  }

  private(set) var entries: [Entry] = []

  subscript(key: JinjaValue) -> JinjaValue? {
    get { entries.first { $0.key.equals(key) }?.value }
    set {
      let place = entries.firstIndex { $0.key.equals(key) }
      switch (place, newValue) {
      case (let place?, let value?): entries[place].value = value
      case (let place?, nil): entries.remove(at: place)
      case (nil, let value?): entries.append(Entry(key: key, value: value))
      case (nil, nil): break
      }
    }
  }
}

/// What `namespace()` makes: the one value whose fields a template may set.
final class JinjaNamespace {
  var fields = JinjaDictionary()
}

/// A function, a method or a macro.
struct JinjaFunction {
  let name: String
  let call: (JinjaCall) throws -> JinjaValue
}

/// The values that a function is called with.
struct JinjaCall {
  var plain: [JinjaValue]
  var named: [(name: String, value: JinjaValue)]
  let place: JinjaPlace

  /// The value of the parameter at `index` or called `name`, or nil.
  func value(_ index: Int, _ name: String) -> JinjaValue? {
    index < plain.count ? plain[index] : named.first { $0.name == name }?.value
  }

  /// Refuses arguments that no parameter takes.
  func check(_ function: String, _ parameters: [String]) throws {
    if plain.count > parameters.count {
      throw place.error("\(function) takes \(parameters.count) arguments, not \(plain.count)")
    }
    if let surplus = named.first(where: { !parameters.contains($0.name) }) {
      throw place.error("\(function) has no argument “\(surplus.name)”")
    }
  }

  func text(_ index: Int, _ name: String) throws -> String? {
    guard let value = value(index, name) else { return nil }
    guard case .string(let text) = value else {
      throw place.error("the argument “\(name)” must be a text, not \(value.kind)")
    }
    return text
  }

  func integer(_ index: Int, _ name: String) throws -> Int? {
    guard let value = value(index, name) else { return nil }
    if case .none = value { return nil }
    guard let number = value.asInteger else {
      throw place.error("the argument “\(name)” must be a whole number, not \(value.kind)")
    }
    return number
  }
}
