import OrchardJSON

/// What schemas that hold together ask of a value, without its parts.
struct SchemaShape {
  var kinds = ValueKinds.all
  /// The values to choose from, where the schemas list them.
  var values: [JSONValue]?
  var numbers = NumberRange()
  var text: ScalarAutomaton?
  /// Why no value fits, where that is known.
  var contradiction: (place: SchemaPlace, text: String)?

  /// Reads the keywords of all schemas about types, values, numbers and texts.
  ///
  /// - Throws: `GrammarError` for a keyword with a wrong value.
  init(_ places: [SchemaPlace]) throws {
    var isTyped = false
    for place in places {
      if let kinds = try Self.kinds(place) {
        isTyped = true
        meet(kinds, place)
      }
    }
    for place in places { try meetValues(place) }
    if !isTyped, values == nil { kinds = Self.kindsAsked(places) ?? kinds }
    for place in places { try meetNumbers(place) }
    for place in places where kinds.contains(.text) { try meetTexts(place) }
    if var list = values {
      list = list.filter { fits($0) }
      if list.isEmpty, contradiction == nil,
        let place = places.first(where: { $0["enum"] != nil || $0["const"] != nil })
      {
        contradiction = (place, "none of the listed values fits what else is asked")
      }
      let structured: ValueKinds = [.list, .object]
      if list.contains(where: { !structured.isDisjoint(with: ValueKinds(of: $0)) }) {
        let keywords = SchemaKeywords.list.union(SchemaKeywords.object)
        if let place = places.first(where: { place in keywords.contains { place[$0] != nil } }) {
          throw place.problem("lists and objects in enum or const beside keywords about their parts are not supported")
        }
      }
      values = list
    }
  }

  private static func kinds(_ place: SchemaPlace) throws -> ValueKinds? {
    guard let type = place["type"] else { return nil }
    let names = type.value.array ?? [type.value]
    var kinds: ValueKinds = []
    for name in names {
      guard let text = name.string, let kind = ValueKinds(type: text) else {
        throw type.problem(
          "\(name.text) is no type; types are null, boolean, integer, number, string, array and object")
      }
      kinds.formUnion(kind)
    }
    if place["nullable"]?.value.bool == true { kinds.insert(.null) }
    return kinds
  }

  /// The kinds that keywords speak of, where no type is given: what a schema of properties is meant for are objects.
  private static func kindsAsked(_ places: [SchemaPlace]) -> ValueKinds? {
    var kinds: ValueKinds = []
    for (keywords, kind): (Set<String>, ValueKinds) in [
      (SchemaKeywords.text, .text), (SchemaKeywords.number, .numbers), (SchemaKeywords.list, .list),
      (SchemaKeywords.object, .object),
    ] where places.contains(where: { place in keywords.contains { place[$0] != nil } }) {
      kinds.formUnion(kind)
    }
    return kinds.isEmpty ? nil : kinds
  }

  private mutating func meet(_ other: ValueKinds, _ place: SchemaPlace) {
    let both = kinds.intersection(other)
    if both.isEmpty, contradiction == nil {
      contradiction = (place, "its type and those of the schemas that hold beside it exclude each other")
    }
    kinds = both
  }

  private mutating func meetValues(_ place: SchemaPlace) throws {
    var lists: [[JSONValue]] = []
    if let choice = place["enum"] {
      guard let list = choice.value.array else { throw choice.problem("should be a list of values") }
      if list.isEmpty { contradiction = contradiction ?? (choice, "the list of values is empty") }
      lists.append(list)
    }
    if let value = place.value["const"] { lists.append([value]) }
    for list in lists {
      values = values.map { known in known.filter { value in list.contains { value.isSame(as: $0) } } } ?? list
    }
  }

  private mutating func meetNumbers(_ place: SchemaPlace) throws {
    func number(_ keyword: String) throws -> Double? {
      guard let limit = place[keyword], limit.value.bool == nil else { return nil }
      guard let value = limit.value.double, value.isFinite else { throw limit.problem("should be a number") }
      return value
    }
    // Draft 4 writes `exclusiveMinimum: true` beside the minimum.
    let isAbove = place["exclusiveMinimum"]?.value.bool ?? false
    let isBelow = place["exclusiveMaximum"]?.value.bool ?? false
    if let value = try number("minimum") { numbers.raise(.init(value: value, isExcluded: isAbove)) }
    if let value = try number("maximum") { numbers.lower(.init(value: value, isExcluded: isBelow)) }
    if let value = try number("exclusiveMinimum") { numbers.raise(.init(value: value, isExcluded: true)) }
    if let value = try number("exclusiveMaximum") { numbers.lower(.init(value: value, isExcluded: true)) }
    if let divisor = place["multipleOf"] {
      guard let value = divisor.value.int, value > 0 else {
        throw divisor.problem("is \(divisor.value.text); only whole numbers above 0 are supported")
      }
      numbers.divisors.append(value)
      kinds.remove(.fraction)
    }
  }

  /// Longer strings are not made: a string of unbounded length may be.
  private static let longest = 10_000

  private mutating func meetTexts(_ place: SchemaPlace) throws {
    func meet(_ keyword: String, _ automaton: () throws -> ScalarAutomaton) throws {
      do {
        let other = try automaton()
        text = try text.map { try $0.intersection(other) } ?? other
      } catch let error as GrammarError {
        throw (place[keyword] ?? place).problem(error.description)
      }
      if text?.isEmpty == true { refuseTexts(place[keyword] ?? place, "no string fits it and what else is asked") }
    }
    let least = try place.count("minLength") ?? 0
    let most = try place.count("maxLength")
    if let most, most < least {
      refuseTexts(place, "minLength is \(least), above maxLength, which is \(most)")
      return
    }
    if least > Self.longest { throw place.problem("minLength is \(least); at most \(Self.longest) is supported") }
    if least > 0 || most != nil {
      try meet("minLength") { try .length(least, most.map { max(least, min($0, Self.longest)) }) }
    }
    if let pattern = place["pattern"] {
      guard let expression = pattern.value.string else { throw pattern.problem("should be a regular expression") }
      try meet("pattern") { try .searching(RegexParser.parse(expression, .agreed)) }
    }
    if let format = place["format"] {
      guard let name = format.value.string, let expression = SchemaFormats.all[name] else {
        throw format.problem(
          "the format \(format.value.text) is not supported; known are "
            + SchemaFormats.all.keys.sorted().joined(separator: ", "))
      }
      try meet("format") { try ScalarAutomaton(RegexParser.parse(expression)) }
    }
  }

  private mutating func refuseTexts(_ place: SchemaPlace, _ reason: String) {
    kinds.remove(.text)
    if contradiction == nil { contradiction = (place, reason) }
  }

  /// Whether a value fits, but for the parts of lists and objects.
  func fits(_ value: JSONValue) -> Bool {
    guard kinds.isSuperset(of: ValueKinds(of: value)) else { return false }
    if let number = value.double { return numbers.holds(number) }
    if let string = value.string { return text?.accepts(string) ?? true }
    return true
  }
}

extension JSONValue {
  /// Whether two values are the same as JSON Schema compares them: the order of keys is no part of an object.
  func isSame(as other: JSONValue) -> Bool {
    switch (self, other) {
    case (.array(let a), .array(let b)): return a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
    case (.object(let a), .object(let b)):
      return a.count == b.count && a.entries.allSatisfy { entry in b[entry.key]?.isSame(as: entry.value) ?? false }
    default: return self == other
    }
  }
}
