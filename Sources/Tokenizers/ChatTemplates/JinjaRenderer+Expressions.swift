import Foundation

extension JinjaRenderer {
  func evaluate(_ expression: JinjaExpression, _ scope: JinjaScope) throws -> JinjaValue {
    let place = expression.place
    try count(place)
    switch expression.kind {
    case .constant(let value): return value
    case .name(let name): return scope.value(of: name) ?? .undefined("“\(name)” is undefined")
    case .list(let items): return .list(try items.map { try evaluate($0, scope) })
    case .tuple(let items): return .tuple(try items.map { try evaluate($0, scope) })
    case .dictionary(let entries):
      var dictionary = JinjaDictionary()
      for entry in entries {
        let key = try evaluate(entry.key, scope)
        switch key {
        case .list, .dictionary, .namespace: throw place.error("\(key.kind) cannot be the key of a dictionary")
        default: dictionary[key] = try evaluate(entry.value, scope)
        }
      }
      return .dictionary(dictionary)
    case .attribute(let base, let name): return try attribute(name, of: try evaluate(base, scope), place)
    case .item(let base, let index):
      return try item(try evaluate(index, scope), of: try evaluate(base, scope), place)
    case .slice(let base, let from, let to, let step):
      return try slice(
        try evaluate(base, scope), try from.map { try evaluate($0, scope) }, try to.map { try evaluate($0, scope) },
        try step.map { try evaluate($0, scope) }, place)
    case .call(let callee, let values):
      return try call(try evaluate(callee, scope), try arguments(values, scope, place))
    case .filter(let base, _, _):
      guard let base else { throw place.error("a filter has nothing to work on") }
      return try apply(expression, to: try evaluate(base, scope), scope)
    case .test(let base, let name, let values, let isNegated):
      let result = try JinjaTests.test(
        name, try evaluate(base, scope), try arguments(values, scope, place))
      return .bool(result != isNegated)
    case .negated(let base):
      let value = try defined(try evaluate(base, scope), place)
      if let number = value.asInteger { return .integer(try whole(0.subtractingReportingOverflow(number), place)) }
      guard let number = value.asDouble else { throw place.error("\(value.kind) has no negative") }
      return .number(-number)
    case .plus(let base):
      let value = try defined(try evaluate(base, scope), place)
      if let number = value.asInteger { return .integer(number) }
      guard value.asDouble != nil else { throw place.error("“+” wants a number, not \(value.kind)") }
      return value
    case .not(let base): return .bool(!(try evaluate(base, scope).isTrue))
    case .arithmetic(let sign, let a, let b):
      return try arithmetic(sign, try evaluate(a, scope), try evaluate(b, scope), place)
    case .joined(let parts):
      let text = try parts.map { try evaluate($0, scope).text }.joined()
      try checkLength(text.utf8.count, place)
      return .string(text)
    case .compared(let first, let relations):
      var left = try evaluate(first, scope)
      for (relation, other) in relations {
        let right = try evaluate(other, scope)
        if !(try holds(relation, left, right, place)) { return .bool(false) }
        left = right
      }
      return .bool(true)
    case .and(let a, let b):
      let value = try evaluate(a, scope)
      return value.isTrue ? try evaluate(b, scope) : value
    case .or(let a, let b):
      let value = try evaluate(a, scope)
      return value.isTrue ? value : try evaluate(b, scope)
    case .choice(let test, let then, let otherwise):
      if try evaluate(test, scope).isTrue { return try evaluate(then, scope) }
      return try otherwise.map { try evaluate($0, scope) } ?? .undefined("the condition failed, and there is no “else”")
    }
  }

  /// The value, if it is one.
  private func defined(_ value: JinjaValue, _ place: JinjaPlace) throws -> JinjaValue {
    if case .undefined(let why) = value { throw place.error(why) }
    return value
  }

  private func whole(_ result: (partialValue: Int, overflow: Bool), _ place: JinjaPlace) throws -> Int {
    guard !result.overflow else { throw place.error("a number is beyond 64 bits") }
    return result.partialValue
  }

  func arguments(_ arguments: JinjaArguments, _ scope: JinjaScope, _ place: JinjaPlace) throws -> JinjaCall {
    JinjaCall(
      plain: try arguments.plain.map { try evaluate($0, scope) },
      named: try arguments.named.map { ($0.name, try evaluate($0.value, scope)) }, place: place)
  }

  func call(_ callee: JinjaValue, _ call: JinjaCall) throws -> JinjaValue {
    switch callee {
    case .function(let function): return try function.call(call)
    case .undefined(let why): throw call.place.error(why)
    default: throw call.place.error("\(callee.kind) cannot be called")
    }
  }

  /// The filter at the outer end of a chain, and those within it, for a value.
  func apply(_ filter: JinjaExpression, to value: JinjaValue, _ scope: JinjaScope) throws -> JinjaValue {
    guard case .filter(let base, let name, let values) = filter.kind else { return value }
    var value = value
    // In a block's chain the inner filters come first; in an expression the base was computed already.
    if let base, case .filter = base.kind, Self.isBare(base) { value = try apply(base, to: value, scope) }
    let result = try JinjaFilters.apply(name, value, try arguments(values, scope, filter.place))
    if case .string(let text) = result { try checkLength(text.utf8.count, filter.place) }
    return result
  }

  /// Whether a chain of filters begins with none's value: that of a block.
  private static func isBare(_ filter: JinjaExpression) -> Bool {
    guard case .filter(let base, _, _) = filter.kind else { return false }
    return base.map(isBare) ?? true
  }

  private func attribute(_ name: String, of value: JinjaValue, _ place: JinjaPlace) throws -> JinjaValue {
    if case .undefined(let why) = value { throw place.error(why) }
    if case .namespace(let namespace) = value, let field = namespace.fields[.string(name)] { return field }
    if let method = try JinjaMethods.method(name, of: value, place) { return .function(method) }
    if case .dictionary(let dictionary) = value, let item = dictionary[.string(name)] { return item }
    return .undefined("\(value.kind) has no attribute “\(name)”")
  }

  private func item(_ index: JinjaValue, of value: JinjaValue, _ place: JinjaPlace) throws -> JinjaValue {
    switch value {
    case .undefined(let why): throw place.error(why)
    case .dictionary(let dictionary):
      if let item = dictionary[index] { return item }
    case .string, .list, .tuple, .range:
      if let number = index.asInteger, let items = value.items {
        let place = number < 0 ? items.count + number : number
        return items.indices.contains(place) ? items[place] : .undefined("\(value.kind) has no item \(number)")
      }
    case .namespace(let namespace):
      if let field = namespace.fields[index] { return field }
    default: break
    }
    if case .string(let name) = index { return try attribute(name, of: value, place) }
    return .undefined("\(value.kind) has no item \(index.representation)")
  }

  private func slice(
    _ value: JinjaValue, _ from: JinjaValue?, _ to: JinjaValue?, _ step: JinjaValue?, _ place: JinjaPlace
  ) throws -> JinjaValue {
    if case .undefined(let why) = value { throw place.error(why) }
    func number(_ part: JinjaValue?) throws -> Int? {
      guard let part else { return nil }
      if case .none = part { return nil }
      guard let number = part.asInteger else { throw place.error("a slice wants whole numbers, not \(part.kind)") }
      return number
    }
    let step = try number(step) ?? 1
    guard step != 0 else { throw place.error("a slice cannot go in steps of 0") }
    if case .dictionary = value { throw place.error("a dictionary has no slices") }
    guard let items = value.items else { throw place.error("\(value.kind) has no slices") }
    func clamped(_ index: Int?, _ standard: Int) -> Int {
      guard var index else { return standard }
      if index < 0 { index = index < -items.count ? -1 : index + items.count }
      return step > 0 ? min(max(index, 0), items.count) : min(max(index, -1), items.count - 1)
    }
    let start = clamped(try number(from), step > 0 ? 0 : items.count - 1)
    let end = clamped(try number(to), step > 0 ? items.count : -1)
    let taken = stride(from: start, to: end, by: step).map { items[$0] }
    switch value {
    case .string: return .string(taken.map(\.text).joined())
    case .tuple: return .tuple(taken)
    default: return .list(taken)
    }
  }

  private func holds(_ relation: String, _ a: JinjaValue, _ b: JinjaValue, _ place: JinjaPlace) throws -> Bool {
    switch relation {
    case "==": return a.equals(b)
    case "!=": return !a.equals(b)
    case "in", "not in":
      guard let contains = b.contains(a) else {
        throw place.error("\(b.kind) does not tell whether \(a.kind) is in it")
      }
      return contains == (relation == "in")
    default:
      _ = try defined(a, place)
      _ = try defined(b, place)
      let less = relation == "<" || relation == ">=" ? a.isLess(than: b) : b.isLess(than: a)
      guard let less else { throw place.error("\(a.kind) and \(b.kind) have no order") }
      return relation == "<" || relation == ">" ? less : !less
    }
  }

  private func arithmetic(_ sign: String, _ a: JinjaValue, _ b: JinjaValue, _ place: JinjaPlace) throws -> JinjaValue {
    _ = try defined(a, place)
    _ = try defined(b, place)
    if let result = try sequences(sign, a, b, place) { return result }
    if let x = a.asInteger, let y = b.asInteger, sign != "/" {
      switch sign {
      case "+": return .integer(try whole(x.addingReportingOverflow(y), place))
      case "-": return .integer(try whole(x.subtractingReportingOverflow(y), place))
      case "*": return .integer(try whole(x.multipliedReportingOverflow(by: y), place))
      case "**":
        guard y >= 0 else { return .number(pow(Double(x), Double(y))) }
        guard y < 64 || abs(x) < 2 else { throw place.error("a number is beyond 64 bits") }
        return .integer(
          try (0..<min(y, 64)).reduce(1) { power, _ in
            try whole(power.multipliedReportingOverflow(by: x), place)
          })
      default:
        guard y != 0 else { throw place.error("nothing can be divided by zero") }
        guard y != -1 else { return .integer(sign == "%" ? 0 : try whole(0.subtractingReportingOverflow(x), place)) }
        let (quotient, rest) = x.quotientAndRemainder(dividingBy: y)
        // Python rounds down.
        let isBelow = rest != 0 && (rest < 0) != (y < 0)
        return .integer(sign == "%" ? (isBelow ? rest + y : rest) : (isBelow ? quotient - 1 : quotient))
      }
    }
    guard let x = a.asDouble, let y = b.asDouble else {
      throw place.error("“\(sign)” cannot join \(a.kind) and \(b.kind)")
    }
    switch sign {
    case "+": return .number(x + y)
    case "-": return .number(x - y)
    case "*": return .number(x * y)
    case "**": return .number(pow(x, y))
    default:
      guard y != 0 else { throw place.error("nothing can be divided by zero") }
      if sign == "/" { return .number(x / y) }
      let floor = (x / y).rounded(.down)
      return .number(sign == "//" ? floor : x - floor * y)
    }
  }

  /// What signs mean for texts and lists, or nil.
  private func sequences(_ sign: String, _ a: JinjaValue, _ b: JinjaValue, _ place: JinjaPlace) throws -> JinjaValue? {
    switch (sign, a, b) {
    case ("+", .string(let x), .string(let y)):
      try checkLength(x.utf8.count + y.utf8.count, place)
      return .string(x + y)
    case ("+", .list(let x), .list(let y)):
      try checkLength(x.count + y.count, place)
      return .list(x + y)
    case ("+", .tuple(let x), .tuple(let y)): return .tuple(x + y)
    case ("%", .string, _): throw place.error("texts are not filled in with “%” here; use “~”")
    case ("*", .string(let text), let other), ("*", let other, .string(let text)):
      guard let times = other.asInteger else { return nil }
      let (length, overflows) = text.utf8.count.multipliedReportingOverflow(by: max(0, times))
      try checkLength(overflows ? Int.max : length, place)
      return .string(String(repeating: text, count: max(0, times)))
    case ("*", .list(let items), let other), ("*", let other, .list(let items)):
      guard let times = other.asInteger else { return nil }
      let (length, overflows) = items.count.multipliedReportingOverflow(by: max(0, times))
      try checkLength(overflows ? Int.max : length, place)
      return .list((0..<max(0, times)).flatMap { _ in items })
    default: return nil
    }
  }
}
