import OrchardJSON

/// Follows the keywords that join schemas: what must hold together, and which ways there are to choose from.
struct SchemaExpansion {
  let document: SchemaDocument
  private static let mostWays = 1000

  /// A schema, and the places that led to it without a step down into a value.
  private struct Item {
    let place: SchemaPlace
    let trail: Set<String>
  }

  private struct Group {
    let place: SchemaPlace
    let branches: [Item]
    let isExclusive: Bool
  }

  /// The ways in which all the given schemas hold together: each a list of schemas without joining keywords.
  ///
  /// A schema `false` leaves no way. `areApart` tells whether no value fits two such lists.
  /// - Throws: `GrammarError` for what is not supported, and for branches of `oneOf` that are not apart.
  func ways(
    _ places: [SchemaPlace], areApart: ([SchemaPlace], [SchemaPlace]) throws -> Bool
  ) throws -> [[SchemaPlace]] {
    try ways(places.map { Item(place: $0, trail: []) }, base: [], areApart)
  }

  private func ways(
    _ items: [Item], base: [SchemaPlace], _ areApart: ([SchemaPlace], [SchemaPlace]) throws -> Bool
  ) throws -> [[SchemaPlace]] {
    var plain = base
    var groups: [Group] = []
    guard try flatten(items, &plain, &groups) else { return [] }
    var ways = [plain]
    for group in groups {
      // For each branch what it makes of each way so far.
      let byBranch = try group.branches.map { branch in
        try ways.flatMap { try self.ways([branch], base: $0, areApart) }
      }
      if group.isExclusive { try checkApart(byBranch, group.place, areApart) }
      ways = byBranch.flatMap { $0 }
      if ways.count > Self.mostWays {
        throw group.place.problem("gives more than \(Self.mostWays) combinations with what it stands beside")
      }
    }
    return ways
  }

  private func checkApart(
    _ byBranch: [[[SchemaPlace]]], _ place: SchemaPlace, _ areApart: ([SchemaPlace], [SchemaPlace]) throws -> Bool
  ) throws {
    for left in byBranch.indices {
      for right in byBranch.indices where left < right {
        for a in byBranch[left] {
          for b in byBranch[right] where try !areApart(a, b) {
            throw place.problem(
              "the schemas \(left) and \(right) may both hold, and just one must; write anyOf, or tell them apart by "
                + "type, or by a required property with a const of its own")
          }
        }
      }
    }
  }

  /// Sorts schemas into plain ones and groups to choose from; returns whether all can hold.
  private func flatten(_ items: [Item], _ plain: inout [SchemaPlace], _ groups: inout [Group]) throws -> Bool {
    for item in items {
      let place = item.place
      if let flag = place.value.bool {
        if !flag { return false }
        continue
      }
      try SchemaKeywords.check(place)
      if item.trail.contains(place.pointer) { throw place.problem("leads back to itself with nothing in between") }
      if plain.contains(where: { $0.pointer == place.pointer }) { continue }
      plain.append(place)
      let trail = item.trail.union([place.pointer])
      func inner(_ places: [SchemaPlace]) -> [Item] { places.map { Item(place: $0, trail: trail) } }
      var joined = try inner(place.list("allOf"))
      if let reference = place["$ref"] { joined += inner([try document.target(of: reference)]) }
      guard try flatten(joined, &plain, &groups) else { return false }
      for keyword in ["anyOf", "oneOf"] {
        guard let group = place[keyword] else { continue }
        groups.append(
          Group(place: group, branches: try inner(place.list(keyword)), isExclusive: keyword == "oneOf"))
      }
    }
    return true
  }
}
