import OrchardJSON

/// Whether two schemas have no value in common, as far as that can be told: what it tells is certain.
struct SchemaSeparation {
  let expansion: SchemaExpansion
  private static let deepest = 4

  /// Whether no value fits both lists of schemas, which are free of joining keywords.
  func areApart(_ left: [SchemaPlace], _ right: [SchemaPlace], depth: Int = 0) throws -> Bool {
    let a = try SchemaShape(left)
    let b = try SchemaShape(right)
    if let values = a.values { return try values.allSatisfy { try !mayFit($0, b, right, depth) } }
    if let values = b.values { return try values.allSatisfy { try !mayFit($0, a, left, depth) } }
    let common = a.kinds.intersection(b.kinds)
    if !common.isDisjoint(with: [.null, .boolean]) { return false }
    if !common.isDisjoint(with: .numbers) {
      let isWhole = !common.contains(.fraction)
      let numbers = try isWhole ? a.numbers.wholes() : a.numbers.numbers()
      let others = try isWhole ? b.numbers.wholes() : b.numbers.numbers()
      if try !numbers.intersection(others).isEmpty { return false }
    }
    if common.contains(.text) {
      guard let text = a.text, let other = b.text, try text.intersection(other).isEmpty else { return false }
    }
    if common.contains(.list) { return false }
    if common.contains(.object) { return try objectsAreApart(left, right, depth) }
    return true
  }

  private func mayFit(_ value: JSONValue, _ shape: SchemaShape, _ places: [SchemaPlace], _ depth: Int) throws -> Bool {
    if let values = shape.values { return values.contains { $0.isSame(as: value) } }
    return shape.fits(value)
  }

  /// Objects are apart where a property that both must have is apart in them.
  private func objectsAreApart(_ left: [SchemaPlace], _ right: [SchemaPlace], _ depth: Int) throws -> Bool {
    guard depth < Self.deepest else { return false }
    let a = try ObjectShape(left)
    let b = try ObjectShape(right)
    for property in a.properties where property.isRequired {
      guard let other = b.properties.first(where: { $0.isRequired && $0.name.utf8.elementsEqual(property.name.utf8) })
      else { continue }
      let apart: ([SchemaPlace], [SchemaPlace]) throws -> Bool = { try areApart($0, $1, depth: depth + 1) }
      let ways = try expansion.ways(property.places, areApart: apart)
      let others = try expansion.ways(other.places, areApart: apart)
      if try ways.allSatisfy({ way in try others.allSatisfy { try apart(way, $0) } }) { return true }
    }
    return false
  }
}
