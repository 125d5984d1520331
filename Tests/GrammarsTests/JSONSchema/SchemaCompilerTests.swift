import OrchardGrammars
import OrchardJSON
import Testing

@Suite struct SchemaCompilerTests {
  @Test("What is made is what jsonschema holds valid", arguments: GrammarCase.all("schemas"))
  func instances(golden: GrammarCase) throws {
    let line = GrammarReader(try Grammar(jsonSchema: golden.schema, spacing: .line))
    let free = GrammarReader(try Grammar(jsonSchema: golden.schema))
    let compact = GrammarReader(try Grammar(jsonSchema: golden.schema, spacing: .compact))
    #expect(golden.texts.contains { $0.isTaken })
    for (text, isValid) in golden.texts {
      let packed = try JSONValue(parsing: text).compact
      let taken = [line.accepts(text), free.accepts(text), free.accepts(packed), compact.accepts(packed)]
      for isTaken in taken { #expect(golden.isPartly ? !isTaken || isValid : isTaken == isValid, "\(text)") }
    }
    // Where only a part is made, it is not nothing.
    #expect(golden.texts.contains { line.accepts($0.text) })
  }

  @Test func goldensAreThere() {
    let texts = GrammarCase.all("schemas").flatMap(\.texts)
    #expect(texts.filter(\.isTaken).count > 400)
    #expect(texts.filter { !$0.isTaken }.count > 800)
  }

  private func machine(_ schema: String, _ spacing: JSONSpacing = .free) throws -> GrammarReader {
    GrammarReader(try Grammar(jsonSchema: JSONValue(parsing: schema), spacing: spacing))
  }

  @Test func anyStringMayBeEscapedInEveryWay() throws {
    let machine = try machine(#"{"type": "string"}"#)
    for text in [
      #""\u00e9\uD83D\uDE00\/\b""#, #""\u0000\uDFFF""#, #""\uE000\uD7FF""#, "\"\u{7F}\u{80}\"", #""a\"b\\""#,
    ] {
      // A lone second half is taken by no one.
      #expect(machine.accepts(text) == !text.contains("uDFFF"), "\(text)")
    }
    for text in [
      #""\uD83D""#, #""\uD83Dx""#, #""\uD83D\u0041""#, #""\x41""#, "\"a\nb\"", #""a"b""#, #""\u12G4""#, #""a"#,
    ] {
      #expect(!machine.accepts(text), "\(text)")
    }
  }

  @Test func keysThatAreListedAreNotWrittenOtherwise() throws {
    let machine = try machine(#"{"properties": {"ab": {"type": "null"}}, "additionalProperties": {"type": "integer"}}"#)
    #expect(machine.accepts(#"{"ab": null, "abc": 1, "a": 2, "": 3}"#))
    #expect(!machine.accepts(#"{"ab": 1}"#))
    #expect(!machine.accepts(#"{"\u0061b": 1}"#))
    #expect(!machine.accepts(#"{"a": 1, "ab": 1}"#))
  }

  @Test func whiteSpaceIsBounded() throws {
    let schema = #"{"type": "object", "properties": {"a": {"type": "array", "items": {"type": "integer"}}}}"#
    let free = try machine(schema)
    #expect(free.accepts("{\n    \"a\": [\n        1,\n        2\n    ]\n}"))
    #expect(free.accepts("{}"))
    #expect(!free.accepts("{  \"a\": [1]}"))
    #expect(!free.accepts("{\n\n\"a\": [1]}"))
    #expect(!free.accepts("{\n" + String(repeating: " ", count: 25) + "\"a\": [1]}"))
    #expect(!free.accepts(" {}"))
    let line = try machine(schema, .line)
    #expect(line.accepts(#"{"a": [1, 2]}"#))
    #expect(!line.accepts(#"{"a":[1,2]}"#))
    let compact = try machine(schema, .compact)
    #expect(compact.accepts(#"{"a":[1,2]}"#))
    #expect(!compact.accepts(#"{"a": [1,2]}"#))
  }

  @Test func longCountsStaySmallEnough() throws {
    let text = try machine(#"{"type": "string", "minLength": 3000, "maxLength": 5000}"#)
    #expect(text.accepts("\"" + String(repeating: "é", count: 5000) + "\""))
    #expect(!text.accepts("\"" + String(repeating: "é", count: 5001) + "\""))
    #expect(!text.accepts("\"" + String(repeating: "é", count: 2999) + "\""))
    let list = try machine(#"{"type": "array", "items": {"type": "null"}, "minItems": 500, "maxItems": 600}"#, .compact)
    #expect(list.accepts("[" + Array(repeating: "null", count: 600).joined(separator: ",") + "]"))
    #expect(!list.accepts("[" + Array(repeating: "null", count: 601).joined(separator: ",") + "]"))
  }

  @Test(
    "What cannot be satisfied is told with its place",
    arguments: [
      (#"{"type": "string", "minLength": 5, "maxLength": 3}"#, "at #: minLength is 5, above maxLength, which is 3"),
      (
        #"{"properties": {"a": {"type": "string", "pattern": "^x$", "minLength": 2}}, "required": ["a"]}"#,
        "at #/properties/a/pattern: no string fits it and what else is asked"
      ),
      (#"{"type": "integer", "minimum": 5, "maximum": 4}"#, "at #: no number lies within its bounds"),
      (#"{"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 6}"#, "no number lies within its bounds"),
      (#"{"allOf": [{"type": "string"}, {"type": "integer"}]}"#, "at #/allOf/1: its type and those of the schemas"),
      (#"{"enum": ["a", "b"], "type": "integer"}"#, "at #: none of the listed values fits"),
      (
        ##"{"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}"##,
        "would hold another one without end"
      ),
      (#"{"type": "array", "items": {"enum": []}, "minItems": 1}"#, "at #/items/enum: the list of values is empty"),
      (#"{"type": "array", "minItems": 3, "maxItems": 2}"#, "minItems is 3, above the greatest number"),
      (#"{"type": "object", "maxProperties": 1, "required": ["a", "b"]}"#, "maxProperties is 1, below the number"),
      (#"{"properties": {"a": true}, "additionalProperties": false, "minProperties": 2}"#, "minProperties is 2, above"),
    ])
  func contradictions(schema: String, message: String) throws {
    let error = #expect(throws: GrammarError.self) { try machine(schema) }
    let text = try #require(error).description
    #expect(text.contains("cannot be satisfied"), "\(text)")
    #expect(text.contains(message), "\(text)")
  }

  @Test(
    "What is not supported is refused by name, with its place",
    arguments: [
      (#"{"not": {"type": "null"}}"#, "at #: the keyword “not” is not supported"),
      (
        #"{"properties": {"a": {"type": "array", "uniqueItems": true}}}"#,
        "at #/properties/a: the keyword “uniqueItems”"
      ),
      (#"{"if": {}, "then": {}}"#, "the keyword “if”"),
      (#"{"type": "array", "contains": {}}"#, "the keyword “contains”"),
      (#"{"propertyNames": {}}"#, "“propertyNames”"), (#"{"dependentRequired": {}}"#, "“dependentRequired”"),
      (#"{"minLenght": 3}"#, "the keyword “minLenght”"), (#"{"type": "text"}"#, "\"text\" is no type; types are null"),
      (#"{"type": "string", "format": "iri"}"#, "at #/format: the format \"iri\" is not supported; known are date"),
      (#"{"type": "string", "pattern": "(?=a)"}"#, "at #/pattern: the regular expression “(?=a)” cannot be used"),
      (#"{"type": "number", "multipleOf": 0.01}"#, "at #/multipleOf: is 0.01; only whole numbers"),
      (
        #"{"$ref": "https://example.com/schema"}"#, "at #/$ref: “https://example.com/schema” leads out of this document"
      ),
      (##"{"$ref": "#/$defs/a"}"##, "“#/$defs/a” leads nowhere"), (##"{"$ref": "#"}"##, "leads back to itself"),
      (##"{"anyOf": [{"$ref": "#"}, {"type": "null"}]}"##, "leads back to itself"),
      (#"{"oneOf": [{"type": "string"}, {"maxLength": 3}]}"#, "at #/oneOf: the schemas 0 and 1 may both hold"),
      (#"{"minItems": "3"}"#, "at #/minItems: should be a whole number of at least 0"),
      (#"{"properties": []}"#, "at #/properties: should be an object of schemas"),
      (#"{"required": "a"}"#, "at #/required: should be a list of names"),
      (#"{"anyOf": []}"#, "at #/anyOf: should be a list"),
      (#"{"properties": {"a": 3}}"#, "at #/properties/a: should be a schema"),
      (#"{"enum": 3}"#, "at #/enum: should be a list"),
      (#"{"minProperties": 3, "additionalProperties": true}"#, "minProperties above the number of required properties"),
      (#"{"enum": [[1]], "minItems": 1}"#, "lists and objects in enum or const beside"),
    ])
  func refusals(schema: String, message: String) throws {
    let error = #expect(throws: GrammarError.self) { try machine(schema) }
    #expect(try #require(error).description.contains(message), "\(String(describing: error))")
  }

  @Test("A part that cannot be satisfied is left out where it may be")
  func optionalParts() throws {
    let object = try machine(#"{"properties": {"a": {"enum": []}, "b": {"type": "null"}}, "required": ["b"]}"#)
    #expect(object.accepts(#"{"b": null}"#))
    let choice = try machine(#"{"anyOf": [{"type": "string", "minLength": 2, "maxLength": 1}, {"type": "null"}]}"#)
    #expect(choice.accepts("null"))
    let kinds = try machine(#"{"type": ["string", "null"], "minLength": 2, "maxLength": 1}"#)
    #expect(kinds.accepts("null"))
    #expect(!kinds.accepts("\"ab\""))
  }

  @Test func olderDraftsAreRead() throws {
    let bounds = try machine(#"{"type": "integer", "minimum": 3, "exclusiveMinimum": true}"#)
    #expect(!bounds.accepts("3"))
    #expect(bounds.accepts("4"))
    let list = try machine(#"{"type": "array", "items": [{"type": "null"}], "additionalItems": {"type": "integer"}}"#)
    #expect(list.accepts("[null, 1, 2]"))
    #expect(!list.accepts("[1]"))
    let nullable = try machine(#"{"type": "string", "nullable": true}"#)
    #expect(nullable.accepts("null"))
    let definitions = try machine(##"{"$ref": "#/definitions/a~1b%20c", "definitions": {"a/b c": {"type": "null"}}}"##)
    #expect(definitions.accepts("null"))
  }
}
