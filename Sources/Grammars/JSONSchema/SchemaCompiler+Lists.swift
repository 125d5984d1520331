import OrchardJSON

/// What schemas that hold together ask of a list.
struct ListShape {
  /// The schemas of each of the first elements.
  var first: [[SchemaPlace]] = []
  /// The schemas of all later elements.
  var rest: [SchemaPlace] = []
  var least = 0
  var most: Int?

  /// Reads the keywords about lists; where only first elements are described, no more are made than must be.
  ///
  /// - Throws: `GrammarError` for a keyword with a wrong value.
  init(_ places: [SchemaPlace]) throws {
    var isOpen = true
    var parts: [(first: [SchemaPlace], rest: SchemaPlace?)] = []
    for place in places {
      least = max(least, try place.count("minItems") ?? 0)
      if let count = try place.count("maxItems") { most = min(most ?? count, count) }
      // Drafts before 2020-12 write first elements as a list under `items`.
      let isOlder = place.value["items"]?.array != nil
      let first = try place.list(isOlder ? "items" : "prefixItems")
      let rest = place[isOlder ? "additionalItems" : "items"]
      parts.append((first, rest))
      if !first.isEmpty, rest == nil { isOpen = false }
    }
    let count = parts.map(\.first.count).max() ?? 0
    first = (0..<count).map { index in
      parts.compactMap { index < $0.first.count ? $0.first[index] : $0.rest }
    }
    rest = parts.compactMap(\.rest)
    if !isOpen { most = min(most ?? .max, max(count, least)) }
  }

  func element(_ index: Int) -> [SchemaPlace] { index < first.count ? first[index] : rest }
}

extension SchemaCompiler {
  /// Longer lists are not counted out.
  private static let longest = 5000

  /// Writes the lists that fit the schemas as ways from a state to its rule's end.
  mutating func writeList(_ way: [SchemaPlace], name: String, from start: Int32) throws {
    let shape = try ListShape(way)
    let place = way.first { $0["minItems"] != nil } ?? way.first ?? SchemaPlace(pointer: name, value: true)
    if let most = shape.most, most < shape.least {
      contradict(place, "minItems is \(shape.least), above the greatest number of elements, which is \(most)")
      return
    }
    if shape.least > Self.longest {
      throw place.problem("minItems is \(shape.least); at most \(Self.longest) is supported")
    }
    let most = shape.most.map { min($0, max(Self.longest, shape.least)) }
    // Behind as many elements as are told apart the last state is come back to.
    let counted = most ?? max(shape.first.count, shape.least, 1)
    let open = builder.literal(start, "[")
    let close = builder.newState()
    builder.end(builder.literal(close, "]"))
    if shape.least == 0 { builder.jump(open, close) }
    var between = open
    for index in 0..<counted {
      let begin = index == 0 ? space(open, .inside) : space(builder.literal(between, ","), .behindComma)
      let after = builder.call(begin, try element(shape, index, name))
      if index + 1 >= shape.least { builder.jump(space(after, .inside), close) }
      between = after
    }
    if most == nil {
      let begin = space(builder.literal(between, ","), .behindComma)
      builder.jump(builder.call(begin, try element(shape, counted, name)), between)
    }
  }

  private mutating func element(_ shape: ListShape, _ index: Int, _ name: String) throws -> Int {
    try rule(shape.element(index), name: "\(name)/\(min(index, shape.first.count))")
  }
}
