extension JinjaValue {
  /// Python's `==`.
  func equals(_ other: JinjaValue) -> Bool {
    switch (self, other) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.string(let a), .string(let b)): return a.unicodeScalars.elementsEqual(b.unicodeScalars)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.equals($1) }
    case (.dictionary(let a), .dictionary(let b)):
      return a.entries.count == b.entries.count
        && a.entries.allSatisfy { entry in b[entry.key]?.equals(entry.value) ?? false }
    case (.range(let a), .range(let b)): return a == b
    case (.namespace(let a), .namespace(let b)): return a === b
    default:
      if let a = asInteger, let b = other.asInteger { return a == b }
      guard let a = asDouble, let b = other.asDouble else { return false }
      return a == b
    }
  }

  /// Python's `<`, or nil where the two cannot be compared.
  func isLess(than other: JinjaValue) -> Bool? {
    switch (self, other) {
    case (.string(let a), .string(let b)): return a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      for (x, y) in zip(a, b) where !x.equals(y) { return x.isLess(than: y) }
      return a.count < b.count
    default:
      if let a = asInteger, let b = other.asInteger { return a < b }
      guard let a = asDouble, let b = other.asDouble else { return nil }
      return a < b
    }
  }

  /// Python's `in`, or nil where this holds nothing.
  func contains(_ item: JinjaValue) -> Bool? {
    switch self {
    case .string(let whole):
      guard case .string(let part) = item else { return nil }
      return JinjaText.find(JinjaText.scalars(part), in: JinjaText.scalars(whole)) != nil
    case .list(let values), .tuple(let values): return values.contains { $0.equals(item) }
    case .dictionary(let dictionary): return dictionary[item] != nil
    case .range(let numbers): return item.asDouble.map { number in numbers.contains { Double($0) == number } } ?? false
    case .undefined: return false
    default: return nil
    }
  }

  /// What a loop goes through, or nil where there is nothing to go through.
  var items: [JinjaValue]? {
    switch self {
    case .undefined: return []
    case .string(let text): return text.unicodeScalars.map { .string(String($0)) }
    case .list(let values), .tuple(let values): return values
    case .dictionary(let dictionary): return dictionary.entries.map(\.key)
    case .range(let numbers): return numbers.map { .integer($0) }
    default: return nil
    }
  }
}
