import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardSettings
import TestSupport
import Testing

@Suite struct TemplateFilterTests {
  private func filled(_ prompt: String, _ row: DataRow) throws -> String {
    let template = PromptTemplate(name: "test", prompt: prompt, completion: "x")
    return try PromptComposer(template).prompt(row, wantsCompletion: false).text
  }

  private static let made: [(name: String, value: JSONValue, text: String)] = [
    ("trim", JSONValue.string("  a b\n"), "a b"), ("trim", 7, "7"),
    ("number", JSONValue.number(39), "39"), ("number", "43.0", "43"), ("number", JSONValue.number(0.25), "0.25"),
    ("number", 12, "12"),
    ("choices", ["first", 2], "(A) first (B) 2"),
    ("choices", [["label": "C", "text": "x"], ["label": "D", "text": "y"]], "(C) x (D) y"),
    ("choices", ["red": 0, "blue": 1], "(A) red (B) blue"),
    ("spaced-choices", ["A)5(x + 1)", "B)None"], " (A) 5 (x + 1)  (B) None"),
    ("best-choice", ["red": 0, "blue": 1, "green": 1], "B"),
    ("yes-no", 1, "yes"), ("yes-no", false, "no"),
    ("rationale", "He has 2+3=<<2+3=5>>5.\n<<5=5>>So five.\n#### 5", "He has 2+3=5.\nSo five."),
    ("rationale", "no marks << here", "no marks  here"),
    ("final-answer", "a #### b\n#### 1,250 ", "1,250"), ("final-answer", " plain ", "plain"),
  ]

  @Test(arguments: made)
  func whatFiltersMake(name: String, value: JSONValue, text: String) throws {
    #expect(try filled("[{{ field | \(name) }}]", row(("field", value))) == "[\(text)]")
  }

  @Test func theFolderIsTheCatalog() throws {
    let folder = repository.appending(path: "Sources/Datasets/Templates/TemplateFilters")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.count == TemplateFilter.catalog.names.count)
  }

  @Test func filtersFollowEachOther() throws {
    #expect(try filled("{{a|final-answer|number}}", row(("a", "so #### 8.0"))) == "8")
    #expect(try filled("{{a.b.0|trim}}{{c}}", row(("a", ["b": [" z "]]), ("c", "!"))) == "z!")
  }

  @Test func whatAFilterCannotTakeIsNamed() throws {
    let error = #expect(throws: DataError.self) { try filled("{{a|choices}}", row(("a", 4), line: 6)) }
    #expect(
      error?.description == "data.jsonl, line 6: the filter “choices” takes a list of choices, but the field “a” is a "
        + "whole number")
    let list = #expect(throws: DataError.self) { try filled("{{a|trim}}", row(("a", ["x"]))) }
    #expect(list?.description.contains("the filter “trim” takes a text, but the field “a” is a list") == true)
  }

  @Test(arguments: [
    ("{{a|trimm}}", "there is no template filter “trimm”; did you mean “trim”?"),
    ("{{a|}}", "a placeholder is one field's name"), ("{{|trim}}", "a placeholder is one field's name"),
  ])
  func unknownFiltersHaveNeighbours(prompt: String, message: String) throws {
    let error = #expect(throws: SettingsError.self) {
      try PromptTemplate(yaml: "prompt: '\(prompt)'\ncompletion: x")
    }
    #expect(error?.description.contains(message) == true)
  }

  @Test func columnsStandForFilteredFieldsToo() throws {
    var settings = PromptSettings()
    settings.template = "gsm8k"
    settings.columns = ["question": "q", "answer": "a"]
    let composer = try settings.composer()
    let asked = row(("q", "How many? "), ("a", "1+1=<<1+1=2>>2\n#### 2"))
    let prompt = try composer.prompt(asked)
    #expect(prompt.text == "Q: How many?\nA:")
    #expect(prompt.completion == "1+1=2 The answer is 2.")
    #expect(try composer.answer(asked) == "2")
    #expect(composer.nextExample == "\n\nQ:")
    #expect(PromptComposer(try PromptTemplates.find("summarise")).nextExample == nil)
  }

  @Test func howAnswersAreJudgedIsNoPartOfTheHash() throws {
    var template = try PromptTemplates.find("gsm8k")
    let hash = template.hash
    template.answer = ""
    template.answerRule = "text"
    #expect(template.hash == hash)
  }
}
