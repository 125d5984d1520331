import OrchardJSON

/// What schemas that hold together ask of an object.
struct ObjectShape {
  /// The properties by name, in the order of the schemas, each with its schemas.
  var properties: [(name: String, places: [SchemaPlace], isRequired: Bool)] = []
  /// Whether properties that are not listed are made.
  var isOpen: Bool
  var least = 0
  var most: Int?
  private var patterns: [(automaton: ScalarAutomaton, place: SchemaPlace, owner: Int)] = []
  private var additional: [SchemaPlace?] = []

  /// Reads the keywords about objects.
  ///
  /// - Throws: `GrammarError` for a keyword with a wrong value.
  init(_ places: [SchemaPlace]) throws {
    var names: [String] = []
    var required: Set<[UInt8]> = []
    var isListed = false
    var isAsked = false
    for (owner, place) in places.enumerated() {
      if let properties = place["properties"] {
        guard let object = properties.value.object else { throw properties.problem("should be an object of schemas") }
        isListed = true
        for key in object.keys where !names.contains(where: { $0.utf8.elementsEqual(key.utf8) }) { names.append(key) }
      }
      if let list = place["patternProperties"] {
        guard let object = list.value.object else { throw list.problem("should be an object of schemas") }
        isAsked = true
        for (pattern, schema) in object.entries {
          let part = place.part("patternProperties", pattern, schema)
          do {
            patterns.append((try .searching(RegexParser.parse(pattern, .agreed)), part, owner))
          } catch let error as GrammarError {
            throw part.problem(error.description)
          }
        }
        if patterns.count > 5 { throw list.problem("more than 5 patterns of properties are not supported") }
      }
      let rest = place["additionalProperties"]
      if let rest, rest.value.bool != false { isAsked = true }
      additional.append(rest)
      least = max(least, try place.count("minProperties") ?? 0)
      if let count = try place.count("maxProperties") { most = min(most ?? count, count) }
      for name in try Self.required(place) { required.insert(Array(name.utf8)) }
      for name in try Self.required(place) where !names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
        names.append(name)
      }
    }
    isOpen = isAsked || !isListed
    properties = names.map { name in
      (name, self.places(of: name, places), required.contains(Array(name.utf8)))
    }
  }

  private static func required(_ place: SchemaPlace) throws -> [String] {
    // Draft 3 writes a truth value inside the property.
    guard let list = place["required"] else { return [] }
    guard let names = list.value.array?.map(\.string), names.allSatisfy({ $0 != nil }) else {
      throw list.problem("should be a list of names")
    }
    return names.compactMap { $0 }
  }

  /// The schemas of a property: in each schema those of its name and of patterns that match it, or else of all others.
  private func places(of name: String, _ places: [SchemaPlace]) -> [SchemaPlace] {
    places.enumerated().flatMap { owner, place -> [SchemaPlace] in
      var found: [SchemaPlace] = []
      if let value = place.value["properties"]?[name] { found.append(place.part("properties", name, value)) }
      found += patterns.filter { $0.owner == owner && $0.automaton.accepts(name) }.map(\.place)
      return found.isEmpty ? [additional[owner]].compactMap { $0 } : found
    }
  }

  /// The keys that are not listed, in groups that have schemas in common.
  ///
  /// - Throws: `GrammarError` where patterns are too large together.
  func otherKeys() throws -> [(keys: ScalarAutomaton?, places: [SchemaPlace])] {
    guard isOpen else { return [] }
    if properties.isEmpty, patterns.isEmpty { return [(nil, additional.compactMap { $0 })] }
    let unlisted = try ScalarAutomaton.anything.subtracting(.texts(properties.map(\.name)))
    return try (0..<1 << patterns.count).compactMap { subset in
      var keys = unlisted
      var places: [SchemaPlace] = []
      var owners: Set<Int> = []
      for (index, pattern) in patterns.enumerated() {
        if subset >> index & 1 == 1 {
          keys = try keys.intersection(pattern.automaton)
          places.append(pattern.place)
          owners.insert(pattern.owner)
        } else {
          keys = try keys.subtracting(pattern.automaton)
        }
      }
      for (owner, place) in additional.enumerated() where !owners.contains(owner) {
        if let place { places.append(place) }
      }
      return keys.isEmpty ? nil : (keys, places)
    }
  }
}

extension SchemaCompiler {
  /// Writes the objects that fit the schemas as ways from a state to its rule's end.
  mutating func writeObject(_ way: [SchemaPlace], name: String, from start: Int32) throws {
    let shape = try ObjectShape(way)
    let count = shape.properties.filter(\.isRequired).count
    let place = way.first { $0["minProperties"] != nil } ?? way.first ?? SchemaPlace(pointer: name, value: true)
    if shape.isOpen, shape.least > count + 1 {
      throw place.problem(
        "minProperties above the number of required properties and one more is not supported where others may stand")
    }
    if let most = shape.most, most < max(count, shape.least) {
      contradict(place, "maxProperties is \(most), below the number of properties that must be there")
      return
    }
    if !shape.isOpen, shape.least > shape.properties.count {
      contradict(place, "minProperties is \(shape.least), above the number of properties that may be there")
      return
    }
    // How many properties have been written is counted as far as it matters; whether any was always does.
    let counted = max(1, shape.most ?? shape.least)
    if counted > 1000 { throw place.problem("minProperties and maxProperties above 1000 are not supported") }
    let open = builder.literal(start, "{")
    let close = builder.newState()
    builder.end(builder.literal(close, "}"))
    var row: [Int32?] = [open] + Array(repeating: nil, count: counted)
    for property in shape.properties {
      let value = try rule(property.places, name: "\(name)/properties/\(property.name)")
      let key = JSONText.quoted(property.name)
      var next: [Int32?] = Array(repeating: nil, count: counted + 1)
      for (written, from) in row.enumerated() {
        guard let from else { continue }
        if !property.isRequired { join(from, &next[written]) }
        guard let target = target(written, counted, shape) else { continue }
        let after = writeProperty(from, isFirst: written == 0, { $0.literal($1, key) }, value)
        join(after, &next[target])
      }
      row = next
    }
    let others = try shape.otherKeys()
    for (keys, places) in others {
      let value = try rule(places, name: "\(name)/additionalProperties")
      let automaton = keys.map { ByteAutomaton($0, .json).quoted() } ?? .anyString
      let key = builder.rule(automaton, name: "\(name)/additionalProperties")
      for written in row.indices {
        guard let target = target(written, counted, shape) else { continue }
        let from = state(&row[written])
        let after = writeProperty(from, isFirst: written == 0, { $0.call($1, key) }, value)
        builder.jump(after, state(&row[target]))
      }
    }
    for (written, from) in row.enumerated() {
      guard let from, written >= shape.least || (written == counted && shape.most == nil) else { continue }
      builder.jump(written == 0 ? from : space(from, .inside), close)
    }
  }

  /// How many properties count as written after one more; nil where there are as many as may be.
  private func target(_ written: Int, _ counted: Int, _ shape: ObjectShape) -> Int? {
    written < counted ? written + 1 : shape.most == nil ? counted : nil
  }

  /// Writes a property behind a state and returns where it ends.
  private mutating func writeProperty(
    _ from: Int32, isFirst: Bool, _ key: (inout GrammarBuilder, Int32) -> Int32, _ value: Int
  ) -> Int32 {
    let begin = isFirst ? space(from, .inside) : space(builder.literal(from, ","), .behindComma)
    let colon = builder.literal(key(&builder, begin), ":")
    return builder.call(space(colon, .behindColon), value)
  }

  private mutating func join(_ from: Int32, _ to: inout Int32?) { builder.jump(from, state(&to)) }

  private mutating func state(_ place: inout Int32?) -> Int32 {
    let state = place ?? builder.newState()
    place = state
    return state
  }
}
