extension JinjaFilters {
  /// The filters of lists, and of texts and dictionaries as lists.
  static let lists: [String: Filter] = [
    "length": length, "count": length,
    "first": { value, call in try items(value, call).first ?? .undefined("there is no first item") },
    "last": { value, call in try items(value, call).last ?? .undefined("there is no last item") },
    "list": { value, call in .list(try items(value, call)) },
    "reverse": { value, call in
      if case .string(let text) = value { return .string(JinjaText.text(text.unicodeScalars.reversed())) }
      return .list(try items(value, call).reversed())
    },
    "items": { value, call in
      if value.isUndefined { return .list([]) }
      guard case .dictionary(let dictionary) = value else {
        throw call.place.error("“items” wants a dictionary, not \(value.kind)")
      }
      return .list(dictionary.entries.map { .tuple([$0.key, $0.value]) })
    },
    "join": { value, call in
      try call.check("join", ["d", "attribute"])
      var parts = try items(value, call)
      if let path = call.value(1, "attribute") { parts = try parts.map { try attribute(path, of: $0, call) } }
      return .string(parts.map(\.text).joined(separator: call.value(0, "d")?.text ?? ""))
    },
    "sum": { value, call in
      try call.check("sum", ["attribute", "start"])
      var parts = try items(value, call)
      if let path = call.value(0, "attribute"), path.isTrue {
        parts = try parts.map { try attribute(path, of: $0, call) }
      }
      return try parts.reduce(call.value(1, "start") ?? .integer(0)) { sum, part in
        if let a = sum.asInteger, let b = part.asInteger { return .integer(a &+ b) }
        guard let a = sum.asDouble, let b = part.asDouble else {
          throw call.place.error("\(part.kind) cannot be added up")
        }
        return .number(a + b)
      }
    },
    "min": { value, call in try least(value, call, isGreatest: false) },
    "max": { value, call in try least(value, call, isGreatest: true) },
    "sort": { value, call in
      try call.check("sort", ["reverse", "case_sensitive", "attribute"])
      let keys = try keyed(try items(value, call), call, attribute: call.value(2, "attribute"), isCased: 1)
      return .list(try sorted(keys, call, isReversed: call.value(0, "reverse")?.isTrue ?? false))
    },
    "unique": { value, call in
      try call.check("unique", ["case_sensitive", "attribute"])
      var seen: [JinjaValue] = []
      let keys = try keyed(try items(value, call), call, attribute: call.value(1, "attribute"), isCased: 0)
      return .list(
        keys.filter { key, _ in
          if seen.contains(where: { $0.equals(key) }) { return false }
          seen.append(key)
          return true
        }.map(\.1))
    },
    "dictsort": { value, call in
      try call.check("dictsort", ["case_sensitive", "by", "reverse"])
      guard case .dictionary(let dictionary) = value else {
        throw call.place.error("“dictsort” wants a dictionary, not \(value.kind)")
      }
      let by = try call.text(1, "by") ?? "key"
      guard by == "key" || by == "value" else {
        throw call.place.error("“dictsort” sorts by key or value, not “\(by)”")
      }
      let isCased = call.value(0, "case_sensitive")?.isTrue ?? false
      let keys = dictionary.entries.map { entry in
        (folded(by == "key" ? entry.key : entry.value, isCased: isCased), JinjaValue.tuple([entry.key, entry.value]))
      }
      return .list(try sorted(keys, call, isReversed: call.value(2, "reverse")?.isTrue ?? false))
    },
    "batch": { value, call in
      try call.check("batch", ["linecount", "fill_with"])
      guard let count = try call.integer(0, "linecount"), count > 0 else {
        throw call.place.error("“batch” wants a number of items from 1")
      }
      let all = try items(value, call)
      return .list(
        stride(from: 0, to: all.count, by: count).map { start in
          var part = Array(all[start..<min(start + count, all.count)])
          if let filler = call.value(1, "fill_with") {
            part += Array(repeating: filler, count: min(count, 100_000) - part.count)
          }
          return .list(part)
        })
    },
    "map": { value, call in .list(try mapped(value, call)) },
    "select": { value, call in .list(try chosen(value, call, by: nil, isKept: true)) },
    "reject": { value, call in .list(try chosen(value, call, by: nil, isKept: false)) },
    "selectattr": { value, call in .list(try chosen(value, call, by: call.plain.first, isKept: true)) },
    "rejectattr": { value, call in .list(try chosen(value, call, by: call.plain.first, isKept: false)) },
  ]

  private static let length: Filter = { value, call in
    guard let items = value.items else { throw call.place.error("\(value.kind) has no length") }
    return .integer(items.count)
  }

  private static func items(_ value: JinjaValue, _ call: JinjaCall) throws -> [JinjaValue] {
    guard let items = value.items else { throw call.place.error("a list is wanted, not \(value.kind)") }
    return items
  }

  /// What stands under a path such as `function.name` or `0`; what is missing on the way is the standard value, or an
  /// error where there is none.
  private static func attribute(
    _ path: JinjaValue, of value: JinjaValue, _ call: JinjaCall, standard: JinjaValue? = nil
  ) throws -> JinjaValue {
    let parts: [JinjaValue]
    if case .string(let text) = path {
      parts = JinjaText.split(text, by: ".").map { part in Int(part).map { .integer($0) } ?? .string(part) }
    } else {
      parts = [path]
    }
    return try parts.reduce(value) { value, part in
      switch value {
      case .undefined(let why):
        guard let standard else { throw call.place.error(why) }
        return standard
      case .dictionary(let dictionary): return dictionary[part] ?? .undefined("the dictionary has no “\(part.text)”")
      case .namespace(let namespace): return namespace.fields[part] ?? .undefined("there is no “\(part.text)”")
      case .list(let items), .tuple(let items):
        guard let index = part.asInteger, items.indices.contains(index) else {
          return .undefined("the list has no item \(part.text)")
        }
        return items[index]
      default: return .undefined("\(value.kind) has no “\(part.text)”")
      }
    }
  }

  private static func mapped(_ value: JinjaValue, _ call: JinjaCall) throws -> [JinjaValue] {
    let all = try items(value, call)
    if let path = call.named.first(where: { $0.name == "attribute" })?.value {
      let standard = call.named.first { $0.name == "default" }?.value
      return try all.map { item in
        let found = try attribute(path, of: item, call, standard: standard)
        return found.isUndefined ? standard ?? found : found
      }
    }
    guard case .string(let name)? = call.plain.first else {
      throw call.place.error("“map” wants a filter or attribute=")
    }
    let inner = JinjaCall(plain: Array(call.plain.dropFirst()), named: call.named, place: call.place)
    return try all.map { try apply(name, $0, inner) }
  }

  private static func chosen(
    _ value: JinjaValue, _ call: JinjaCall, by path: JinjaValue?, isKept: Bool
  ) throws -> [JinjaValue] {
    var rest = call.plain[...]
    if path != nil { rest = rest.dropFirst() }
    let test = rest.first
    let inner = JinjaCall(plain: Array(rest.dropFirst()), named: call.named, place: call.place)
    return try items(value, call).filter { item in
      let looked = try path.map { try attribute($0, of: item, call) } ?? item
      let holds = try test.map { try JinjaTests.test($0.text, looked, inner) } ?? looked.isTrue
      return holds == isKept
    }
  }

  private static func folded(_ value: JinjaValue, isCased: Bool) -> JinjaValue {
    if !isCased, case .string(let text) = value { return .string(text.lowercased()) }
    return value
  }

  /// The items with what they are compared by; the parameter at `isCased` says whether case counts.
  private static func keyed(
    _ items: [JinjaValue], _ call: JinjaCall, attribute path: JinjaValue?, isCased index: Int
  ) throws -> [(JinjaValue, JinjaValue)] {
    let isCased = call.value(index, "case_sensitive")?.isTrue ?? false
    return try items.map { item in
      guard let path, path.isTrue || path.asInteger != nil else { return (folded(item, isCased: isCased), item) }
      return (folded(try attribute(path, of: item, call), isCased: isCased), item)
    }
  }

  /// A stable sort, by insertion into halves.
  private static func sorted(
    _ keys: [(JinjaValue, JinjaValue)], _ call: JinjaCall, isReversed: Bool
  ) throws -> [JinjaValue] {
    let order = try keys.indices.sorted { a, b in
      let (x, y) = isReversed ? (keys[b].0, keys[a].0) : (keys[a].0, keys[b].0)
      guard let less = x.isLess(than: y) else { throw call.place.error("\(x.kind) and \(y.kind) have no order") }
      if less { return true }
      return y.isLess(than: x) == false ? a < b : false
    }
    return order.map { keys[$0].1 }
  }

  private static func least(_ value: JinjaValue, _ call: JinjaCall, isGreatest: Bool) throws -> JinjaValue {
    try call.check(isGreatest ? "max" : "min", ["case_sensitive", "attribute"])
    let keys = try keyed(try items(value, call), call, attribute: call.value(1, "attribute"), isCased: 0)
    guard var best = keys.first else { return .undefined("there is nothing to choose from") }
    for key in keys.dropFirst() {
      let less = isGreatest ? best.0.isLess(than: key.0) : key.0.isLess(than: best.0)
      guard let less else { throw call.place.error("\(best.0.kind) and \(key.0.kind) have no order") }
      if less { best = key }
    }
    return best.1
  }
}
