import Foundation
import OrchardJSON

/// A schema, or a part of one, with its place in the document.
struct SchemaPlace: Sendable {
  /// A JSON pointer such as `#/properties/name`.
  let pointer: String
  let value: JSONValue

  subscript(key: String) -> SchemaPlace? { value[key].map { SchemaPlace(pointer: pointer + "/" + key, value: $0) } }

  /// A part of this schema under a name of the document's own.
  func part(_ keyword: String, _ name: String, _ value: JSONValue) -> SchemaPlace {
    let escaped = name.replacing("~", with: "~0").replacing("/", with: "~1")
    return SchemaPlace(pointer: "\(pointer)/\(keyword)/\(escaped)", value: value)
  }

  func problem(_ text: String) -> GrammarError {
    GrammarError("the JSON schema cannot be used: at \(pointer): \(text)")
  }

  /// The schemas of a list under a keyword.
  func list(_ keyword: String) throws -> [SchemaPlace] {
    guard let place = self[keyword] else { return [] }
    guard let list = place.value.array, !list.isEmpty || keyword == "prefixItems" || keyword == "items" else {
      throw place.problem("should be a list of schemas that is not empty")
    }
    return list.enumerated().map { SchemaPlace(pointer: "\(place.pointer)/\($0)", value: $1) }
  }

  /// A whole number of at least 0 under a keyword.
  func count(_ keyword: String) throws -> Int? {
    guard let place = self[keyword] else { return nil }
    guard let count = place.value.int, count >= 0 else { throw place.problem("should be a whole number of at least 0") }
    return count
  }
}

/// The document that holds a schema and what its references lead to.
struct SchemaDocument: Sendable {
  let root: JSONValue

  /// What a reference leads to.
  ///
  /// - Throws: `GrammarError` for one that leads out of the document, or nowhere.
  func target(of reference: SchemaPlace) throws -> SchemaPlace {
    guard let text = reference.value.string else { throw reference.problem("should be a text") }
    guard text == "#" || text.hasPrefix("#/") else {
      throw reference.problem("“\(text)” leads out of this document; only “#” and “#/…” are followed")
    }
    var value = root
    var pointer = "#"
    for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      let name = (String(part).removingPercentEncoding ?? String(part)).replacing("~1", with: "/").replacing(
        "~0", with: "~")
      let next = value.array.flatMap { list in Int(name).flatMap { list.indices.contains($0) ? list[$0] : nil } }
      guard let found = next ?? value[name] else { throw reference.problem("“\(text)” leads nowhere") }
      value = found
      pointer += "/" + part
    }
    return SchemaPlace(pointer: pointer, value: value)
  }
}
