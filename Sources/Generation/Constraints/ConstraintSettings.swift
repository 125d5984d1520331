import Foundation
import OrchardGrammars
import OrchardJSON
import OrchardSettings

extension JSONSpacing: NamedChoice {}

extension GenerationSettings {
  /// The settings that say what a text must look like, in the order in which a recipe shows them.
  static let constraintFields: [Field<Self>] = [
    Field("regex", \Self.regex, "A regular expression that each text follows from end to end."),
    Field("json-schema", \Self.jsonSchema, "A JSON schema that each text follows: a file, or the schema itself."),
    Field("json", \Self.json, "Whether each text is a JSON object, whatever it holds."),
    Field("json-spacing", \Self.jsonSpacing, "The white space of JSON: none, one space as on a line, or free."),
  ]

  /// What does not go together with a constraint.
  var constraintComplaints: [SettingsComplaint] {
    let asked = [("regex", regex != nil), ("json-schema", jsonSchema != nil), ("json", json)].filter(\.1).map(\.0)
    guard let first = asked.first else { return [] }
    var complaints = asked.dropFirst().map {
      SettingsComplaint($0, "does not go with \(first): a text follows one of regex, json-schema and json")
    }
    if !stop.isEmpty {
      complaints.append(
        SettingsComplaint("stop", "does not go with \(first): it would cut texts off before they are complete"))
    }
    if !forceWords.isEmpty {
      complaints.append(SettingsComplaint("force-words", "does not go with \(first): say in it what must occur"))
    }
    return complaints
  }

  /// Whether texts must follow a grammar.
  public var isConstrained: Bool { regex != nil || jsonSchema != nil || json }

  /// The grammar that texts must follow, and its name for messages; nil where they are free.
  ///
  /// - Throws: `GenerationError` or `GrammarError` for a file that cannot be read, a schema or an expression that
  ///   cannot be used, or one that no text follows.
  public func grammar() throws -> (grammar: Grammar, name: String)? {
    if let regex { return (try Grammar(regex: regex), "the regular expression “\(regex)”") }
    if let jsonSchema {
      let (schema, name) = try Self.schema(jsonSchema)
      return (try Grammar(jsonSchema: schema, spacing: jsonSpacing), name)
    }
    if json {
      return (try Grammar(jsonSchema: ["type": "object"], spacing: jsonSpacing), "the grammar of JSON objects")
    }
    return nil
  }

  private static func schema(_ text: String) throws -> (JSONValue, String) {
    let isInline = text.first { !$0.isWhitespace } == "{"
    var bytes = Data(text.utf8)
    if !isInline {
      guard let data = FileManager.default.contents(atPath: text) else {
        throw GenerationError(
          "json-schema: there is no file “\(text)”, and it is no schema itself, which begins with {")
      }
      bytes = data
    }
    do {
      return (try JSONValue(parsing: bytes), isInline ? "the JSON schema" : "the JSON schema of \(text)")
    } catch {
      throw GenerationError("json-schema: \(isInline ? "" : text + ", ")\(error)")
    }
  }
}
