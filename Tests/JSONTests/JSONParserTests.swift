import OrchardJSON
import Testing

@Suite("Reading JSON")
struct JSONParserTests {
  @Test("Values of every kind")
  func values() throws {
    let json = try JSONValue(parsing: #"{"a": [1, -2.5, 1e3, true, false, null], "b": {"c": "d"}}"#)
    #expect(json["a"]?.array?.count == 6)
    #expect(json["a"]?.array?[0].int == 1)
    #expect(json["a"]?.array?[1].double == -2.5)
    #expect(json["a"]?.array?[2].double == 1000)
    #expect(json["a"]?.array?[3].bool == true)
    #expect(json["a"]?.array?[5].isNull == true)
    #expect(json["b"]?["c"]?.string == "d")
    #expect(json["missing"] == nil)
  }

  @Test("Keys keep their order, and keys that differ only by normalisation stay apart")
  func keys() throws {
    let json = try JSONValue(parsing: "{\"z\": 1, \"e\u{301}\": 2, \"\u{E9}\": 3, \"a\": 4}")
    #expect(json.object?.count == 4)
    #expect(json["e\u{301}"]?.int == 2)
    #expect(json["\u{E9}"]?.int == 3)
    #expect(json.object?.entries.compactMap { $0.value.int } == [1, 2, 3, 4])
  }

  @Test(
    "Escapes",
    arguments: [
      (#""\n\t\"\\\/\b\f\r""#, "\n\t\"\\/\u{8}\u{C}\r"), (#""\u0041\u00e9""#, "Aé"), (#""\ud83d\ude00""#, "😀"),
      (#""\ud83d x""#, "\u{FFFD} x"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
    ])
  func escapes(text: String, expected: String) throws {
    #expect(try JSONValue(parsing: text).string == expected)
  }

  @Test("Whole numbers stay exact, larger ones become floating point")
  func numbers() throws {
    #expect(try JSONValue(parsing: "9007199254740993").int == 9_007_199_254_740_993)
    #expect(try JSONValue(parsing: "123456789012345678901").double == 1.2345678901234568e20)
    #expect(try JSONValue(parsing: "-0.5e-3").double == -0.0005)
    #expect(try JSONValue(parsing: "NaN").double?.isNaN == true)
    #expect(try JSONValue(parsing: "-Infinity").double == -.infinity)
  }

  @Test(
    "Mistakes are told with their place",
    arguments: [
      ("{\"a\": 1,}", 1, 9, "key in double quotes"), ("[1 2]", 1, 4, "comma"), ("{\n \"a\" 1}", 2, 6, "colon"),
      ("\"abc", 1, 1, "never ends"), ("[1, 2", 1, 6, "ends inside"), ("", 1, 1, "ends where"),
      ("1 2", 1, 3, "after the end"),
      ("\"\\x\"", 1, 2, "unknown escape"), ("nul", 1, 1, "not a JSON value"), ("-", 1, 1, "not a JSON value"),
      ("\"a\nb\"", 1, 3, "control character"), ("1.2.3", 1, 1, "not a number"),
    ])
  func mistakes(text: String, line: Int, column: Int, problem: String) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error?.line == line)
    #expect(error?.column == column)
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
  }

  @Test("Deep nesting is refused, not followed")
  func depth() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  @Test("What is written reads back")
  func roundTrip() throws {
    let json: JSONValue = [
      "text": "a \"quoted\" line\n\u{1}é😀", "list": [1, 2.5, nil, true, []], "object": ["k": "v"], "empty": [:],
    ]
    #expect(try JSONValue(parsing: json.text) == json)
    #expect(try JSONValue(parsing: json.prettyText) == json)
    #expect(json["list"]?.text == "[1, 2.5, null, true, []]")
    #expect(JSONValue.number(.nan).text == "null")
  }

  @Test("Setting, replacing and removing keys")
  func editing() {
    var object = JSONObject([("a", 1), ("b", 2)])
    object["b"] = 3
    object["c"] = 4
    object["a"] = nil
    #expect(JSONValue.object(object).text == #"{"b": 3, "c": 4}"#)
  }
}
