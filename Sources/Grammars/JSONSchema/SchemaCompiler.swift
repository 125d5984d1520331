import OrchardJSON

/// Makes a grammar of a JSON schema.
struct SchemaCompiler {
  let spacing: JSONSpacing
  let expansion: SchemaExpansion
  var builder = GrammarBuilder()
  private var rules: [[String]: Int] = [:]
  private var spaceRule: Int?
  /// Why parts of the schema hold no value.
  private var contradictions: [GrammarError] = []

  init(_ root: JSONValue, spacing: JSONSpacing) {
    self.spacing = spacing
    expansion = SchemaExpansion(document: SchemaDocument(root: root))
  }

  mutating func grammar() throws -> Grammar {
    let root = try rule([SchemaPlace(pointer: "#", value: expansion.document.root)], name: "#")
    do {
      return try builder.finish(root: root)
    } catch {
      throw contradictions.first
        ?? GrammarError("the JSON schema cannot be satisfied: at #: every value would hold another one without end")
    }
  }

  /// The rule of the values that fit all the given schemas.
  mutating func rule(_ places: [SchemaPlace], name: String) throws -> Int {
    // A schema that asks for nothing changes nothing.
    let asking = places.filter { $0.value.bool != true && $0.value.object?.count != 0 }
    let key = Set(asking.map(\.pointer)).sorted()
    if let rule = rules[key] { return rule }
    let (rule, start) = builder.newRule(name)
    rules[key] = rule
    let ways = try expansion.ways(asking) { try SchemaSeparation(expansion: expansion).areApart($0, $1) }
    for way in ways { try write(way, name: name, from: start) }
    return rule
  }

  private mutating func write(_ way: [SchemaPlace], name: String, from start: Int32) throws {
    let shape = try SchemaShape(way)
    if let (place, text) = shape.contradiction {
      contradictions.append(GrammarError("the JSON schema cannot be satisfied: at \(place.pointer): \(text)"))
    }
    if let values = shape.values {
      for value in values { builder.end(literal(start, value)) }
      return
    }
    if shape.kinds.contains(.null) { builder.end(builder.literal(start, "null")) }
    if shape.kinds.contains(.boolean) {
      builder.end(builder.literal(start, "true"))
      builder.end(builder.literal(start, "false"))
    }
    if !shape.kinds.isDisjoint(with: .numbers) {
      let automaton = try shape.kinds.contains(.fraction) ? shape.numbers.numbers() : shape.numbers.wholes()
      if automaton.isEmpty {
        let place = way.first { place in SchemaKeywords.number.contains { place[$0] != nil } }
        contradictions.append(
          GrammarError(
            "the JSON schema cannot be satisfied: at \(place?.pointer ?? name): no number lies within its bounds"))
      }
      builder.callToEnd(start, builder.rule(ByteAutomaton(automaton, .plain), name: name))
    }
    if shape.kinds.contains(.text) {
      let automaton = shape.text.map { ByteAutomaton($0, .json).quoted() } ?? .anyString
      builder.callToEnd(start, builder.rule(automaton, name: name))
    }
    if shape.kinds.contains(.list) { try writeList(way, name: name, from: start) }
    if shape.kinds.contains(.object) { try writeObject(way, name: name, from: start) }
  }

  mutating func contradict(_ place: SchemaPlace, _ text: String) {
    contradictions.append(GrammarError("the JSON schema cannot be satisfied: at \(place.pointer): \(text)"))
  }

  /// Writes a value behind a state and returns where it ends.
  private mutating func literal(_ from: Int32, _ value: JSONValue) -> Int32 {
    switch value {
    case .string(let text): return builder.literal(from, JSONText.quoted(text))
    case .array(let values):
      return list(from, values, "[", "]") { compiler, from, value in compiler.literal(from, value) }
    case .object(let object):
      return list(from, object.entries, "{", "}") { compiler, from, entry in
        let key = compiler.builder.literal(from, JSONText.quoted(entry.key) + Array(":".utf8))
        return compiler.literal(compiler.space(key, .behindColon), entry.value)
      }
    default: return builder.literal(from, value.text)
    }
  }

  private mutating func list<Element>(
    _ from: Int32, _ elements: [Element], _ open: String, _ close: String,
    _ write: (inout SchemaCompiler, Int32, Element) -> Int32
  ) -> Int32 {
    var place = builder.literal(from, open)
    for (index, element) in elements.enumerated() {
      place = index == 0 ? space(place, .inside) : space(builder.literal(place, ","), .behindComma)
      place = write(&self, place, element)
    }
    return builder.literal(elements.isEmpty ? place : space(place, .inside), close)
  }

  /// Where white space may stand.
  enum Gap { case inside, behindComma, behindColon }

  /// Writes the white space of a gap behind a state and returns where it ends.
  mutating func space(_ from: Int32, _ gap: Gap) -> Int32 {
    switch spacing {
    case .compact: return from
    case .line: return gap == .inside ? from : builder.literal(from, " ")
    case .free: return builder.call(from, freeSpace())
    }
  }

  private mutating func freeSpace() -> Int {
    if let spaceRule { return spaceRule }
    let (rule, start) = builder.newRule("white space")
    builder.end(start)
    builder.end(builder.literal(start, " "))
    var place = builder.literal(start, "\n")
    builder.end(place)
    for _ in 0..<24 {
      place = builder.literal(place, " ")
      builder.end(place)
    }
    spaceRule = rule
    return rule
  }
}

extension Grammar {
  /// JSON texts that are valid under a schema (JSON Schema, drafts 4 to 2020-12).
  ///
  /// What is made is a part of what is valid: properties stand in the order of the schema; where a schema lists
  /// properties, others are made only if `additionalProperties` is given; numbers have a bounded number of digits.
  /// - Throws: `GrammarError` with the place of a keyword that is not supported, of a wrong value, or of what cannot be
  ///   satisfied.
  public init(jsonSchema: JSONValue, spacing: JSONSpacing = .free) throws {
    var compiler = SchemaCompiler(jsonSchema, spacing: spacing)
    self = try compiler.grammar()
  }
}
