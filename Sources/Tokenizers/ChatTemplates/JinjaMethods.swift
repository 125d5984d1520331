/// The methods of Python's values that templates use; those that would change a value are refused, as the reference's
/// sandbox refuses them.
enum JinjaMethods {
  private typealias Method = (JinjaCall) throws -> JinjaValue

  /// The method called `name`, or nil where such values have none that is known.
  static func method(_ name: String, of value: JinjaValue, _ place: JinjaPlace) throws -> JinjaFunction? {
    let found: Method?
    switch value {
    case .string(let text): found = try self.text(name, text, place)
    case .dictionary(let dictionary): found = try self.dictionary(name, dictionary, place)
    case .list(let items):
      if ["append", "extend", "insert", "remove", "pop", "clear", "reverse", "sort"].contains(name) {
        throw place.error("“\(name)” would change a list, which a chat template must not; make a new one with “+”")
      }
      found = try self.items(name, items)
    case .tuple(let items): found = try self.items(name, items)
    default: found = nil
    }
    return found.map { JinjaFunction(name: name, call: $0) }
  }

  private static func items(_ name: String, _ items: [JinjaValue]) throws -> Method? {
    switch name {
    case "copy": return { _ in .list(items) }
    case "count": return { call in .integer(items.filter { $0.equals(call.plain.first ?? .none) }.count) }
    case "index":
      return { call in
        guard let item = call.plain.first, let place = items.firstIndex(where: { $0.equals(item) }) else {
          throw call.place.error("the list does not hold it")
        }
        return .integer(place)
      }
    default: return nil
    }
  }

  private static func dictionary(
    _ name: String, _ dictionary: JinjaDictionary, _ place: JinjaPlace
  ) throws -> Method? {
    switch name {
    case "items": return { _ in .list(dictionary.entries.map { .tuple([$0.key, $0.value]) }) }
    case "keys": return { _ in .list(dictionary.entries.map(\.key)) }
    case "values": return { _ in .list(dictionary.entries.map(\.value)) }
    case "get":
      return { call in
        guard let key = call.plain.first else { throw call.place.error("“get” wants a key") }
        return dictionary[key] ?? call.value(1, "default") ?? .none
      }
    case "copy": return { _ in .dictionary(dictionary) }
    case "update", "pop", "popitem", "clear", "setdefault":
      throw place.error("“\(name)” would change a dictionary, which a chat template must not")
    default: return nil
    }
  }

  private static func text(_ name: String, _ text: String, _ place: JinjaPlace) throws -> Method? {
    switch name {
    case "upper": return { _ in .string(text.uppercased()) }
    case "lower": return { _ in .string(text.lowercased()) }
    case "title": return { _ in .string(JinjaText.titled(text)) }
    case "capitalize": return { _ in .string(JinjaText.capitalized(text)) }
    case "strip": return { .string(try strip(text, $0)) }
    case "lstrip": return { .string(try strip(text, $0, right: false)) }
    case "rstrip": return { .string(try strip(text, $0, left: false)) }
    case "startswith": return { try ends($0) { JinjaText.scalars(text).starts(with: $0) } }
    case "endswith": return { try ends($0) { JinjaText.scalars(text).reversed().starts(with: $0.reversed()) } }
    case "replace":
      return { call in
        guard let old = try call.text(0, "old"), let new = try call.text(1, "new") else {
          throw call.place.error("“replace” wants the old text and the new one")
        }
        return .string(JinjaText.replace(text, old, new, count: try call.integer(2, "count") ?? -1))
      }
    case "split", "rsplit": return { try split(text, $0, fromRight: name == "rsplit") }
    case "splitlines":
      return { call in
        if call.value(0, "keepends")?.isTrue == true {
          throw call.place.error("“splitlines” that keeps the line breaks is not known here")
        }
        return .list(JinjaText.lines(text).map { .string($0) })
      }
    case "find", "index", "rfind", "count": return { try search(name, text, $0) }
    case "join":
      return { call in
        guard let items = call.plain.first?.items else { throw call.place.error("“join” wants a list") }
        let parts = try items.map { item in
          guard case .string(let part) = item else {
            throw call.place.error("“join” wants texts, not \(item.kind)")
          }
          return part
        }
        return .string(parts.joined(separator: text))
      }
    case "removeprefix":
      return { call in
        let part = JinjaText.scalars(try call.text(0, "prefix") ?? "")
        let whole = JinjaText.scalars(text)
        return .string(whole.starts(with: part) ? JinjaText.text(whole[part.count...]) : text)
      }
    case "removesuffix":
      return { call in
        let part = JinjaText.scalars(try call.text(0, "suffix") ?? "")
        let whole = JinjaText.scalars(text)
        let ends = whole.suffix(part.count).elementsEqual(part)
        return .string(ends ? JinjaText.text(whole[..<(whole.count - part.count)]) : text)
      }
    case "isdigit": return { _ in .bool(isAll(text) { $0.properties.numericType == .decimal }) }
    case "isalpha": return { _ in .bool(isAll(text) { $0.properties.isAlphabetic }) }
    case "isspace": return { _ in .bool(isAll(text, JinjaText.isSpace)) }
    case "isupper": return { _ in .bool(text.uppercased() == text && text.lowercased() != text) }
    case "islower": return { _ in .bool(text.lowercased() == text && text.uppercased() != text) }
    case "format", "format_map", "encode", "zfill", "ljust", "rjust", "center", "partition", "rpartition", "translate",
      "swapcase", "casefold", "expandtabs", "isalnum", "isnumeric", "isdecimal", "isidentifier", "isprintable",
      "istitle", "rindex":
      throw place.error("the method “\(name)” of texts is not known here")
    default: return nil
    }
  }

  private static func isAll(_ text: String, _ test: (Unicode.Scalar) -> Bool) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy(test)
  }

  private static func strip(
    _ text: String, _ call: JinjaCall, left: Bool = true, right: Bool = true
  ) throws -> String {
    if case .none? = call.plain.first { return JinjaText.strip(text, left: left, right: right) }
    guard let characters = try call.text(0, "chars") else { return JinjaText.strip(text, left: left, right: right) }
    let dropped = Set(characters.unicodeScalars)
    return JinjaText.strip(text, left: left, right: right) { dropped.contains($0) }
  }

  private static func ends(_ call: JinjaCall, _ test: ([Unicode.Scalar]) -> Bool) throws -> JinjaValue {
    let parts: [JinjaValue]
    if case .tuple(let several)? = call.plain.first { parts = several } else { parts = call.plain }
    guard !parts.isEmpty else { throw call.place.error("a text to look for is wanted") }
    return .bool(
      try parts.contains { part in
        guard case .string(let text) = part else {
          throw call.place.error("a text to look for is wanted, not \(part.kind)")
        }
        return test(JinjaText.scalars(text))
      })
  }

  private static func split(_ text: String, _ call: JinjaCall, fromRight: Bool) throws -> JinjaValue {
    var separator: String?
    if case .none? = call.value(0, "sep") { separator = nil } else { separator = try call.text(0, "sep") }
    if separator == "" { throw call.place.error("an empty text separates nothing") }
    let most = try call.integer(1, "maxsplit") ?? -1
    if fromRight, most >= 0 {
      guard let separator else { throw call.place.error("“rsplit” at spaces with a limit is not known here") }
      return .list(JinjaText.splitRight(text, by: separator, most: most).map { .string($0) })
    }
    return .list(JinjaText.split(text, by: separator, most: most).map { .string($0) })
  }

  private static func search(_ name: String, _ text: String, _ call: JinjaCall) throws -> JinjaValue {
    guard let part = try call.text(0, "sub"), call.plain.count == 1 else {
      throw call.place.error("“\(name)” takes one text here")
    }
    let (whole, wanted) = (JinjaText.scalars(text), JinjaText.scalars(part))
    switch name {
    case "count":
      if wanted.isEmpty { return .integer(whole.count + 1) }
      return .integer(JinjaText.split(text, by: part).count - 1)
    case "rfind":
      let places = (0...max(0, whole.count - wanted.count)).reversed()
      return .integer(
        wanted.count > whole.count
          ? -1 : places.first { whole[$0..<$0 + wanted.count].elementsEqual(wanted) } ?? -1)
    default:
      let found = JinjaText.find(wanted, in: whole)
      if found == nil, name == "index" { throw call.place.error("the text does not hold “\(part)”") }
      return .integer(found ?? -1)
    }
  }
}
