import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardSettings
import TestSupport
import Testing

func row(_ fields: (String, JSONValue)..., line: Int = 1) -> DataRow {
  DataRow(fields: JSONObject(fields), file: "data.jsonl", line: line)
}

@Suite struct PromptTemplateTests {
  @Test func zeroOneAndFewShot() throws {
    let composer = PromptComposer(try PromptTemplates.find("answer"))
    let asked = row(("question", "2+2?"), ("answer", "4"))
    let first = row(("question", "1+1?"), ("answer", "2"))
    let second = row(("question", "3+3?"), ("answer", 6))
    #expect(try composer.prompt(asked).text == "Answer the question.\n\nQuestion: 2+2?\nAnswer:")
    #expect(try composer.prompt(asked).completion == "4")
    #expect(
      try composer.prompt(asked, examples: [first, second]).text == """
        Answer the question.

        Question: 1+1?
        Answer: 2

        Question: 3+3?
        Answer: 6

        Question: 2+2?
        Answer:
        """)
  }

  @Test func aPromptNeedsNoCompletion() throws {
    let composer = PromptComposer(try PromptTemplates.find("answer"))
    let asked = row(("question", "2+2?"))
    #expect(try composer.prompt(asked, wantsCompletion: false).completion == nil)
    let error = #expect(throws: DataError.self) { try composer.prompt(asked) }
    #expect(
      error?.description == "data.jsonl, line 1: there is no field “answer”; this row has “question”; "
        + "the template “answer” needs “answer”: name the column under columns: {answer: …}")
  }

  @Test func columnsAndValues() throws {
    var settings = PromptSettings()
    settings.template = "translate"
    settings.columns = ["source": "en", "target": "fr"]
    settings.values = ["target-language": "French"]
    let prompt = try settings.composer().prompt(row(("en", "Yes"), ("fr", "Oui")))
    #expect(prompt.text == "Translate from English to French.\n\nEnglish: Yes\nFrench:")
    #expect(prompt.completion == "Oui")
    settings.columns = ["sauce": "en"]
    let error = #expect(throws: SettingsError.self) { try settings.composer() }
    #expect(
      error?.description == "columns.sauce is no placeholder of the template “translate”; did you mean “source”? "
        + "it has source-language, target-language, source, target")
  }

  /// The digest was computed by Python over json.dumps of the same fields.
  @Test func theHashGoesByWhatAModelReads() throws {
    var template = try PromptTemplates.find("summarise")
    let hash = template.hash
    #expect(hash == "582a8cc90cf0dcb65094d38c3cf80c30908aadbac3beaf4d3e4a4db48a34239f")
    template.name = "mine"
    template.about = "other"
    #expect(template.hash == hash)
    for change in [
      { (template: inout PromptTemplate) in template.instruction += " " }, { $0.prompt += "\n" },
      { $0.completion = "x" }, { $0.answerSeparator = "" }, { $0.exampleSeparator = "" },
      { $0.instructionSeparator = "" }, { $0.values["a"] = "b" },
    ] {
      var changed = template
      change(&changed)
      #expect(changed.hash != hash)
    }
  }

  @Test(arguments: PromptTemplates.catalog.names) func everyTemplateSurvivesItsFile(name: String) throws {
    let template = try PromptTemplates.find(name)
    let folder = try TemporaryFolder()
    let file = try folder.write(template.yaml, to: "mine.yaml")
    let read = try PromptTemplates.find(file.path)
    #expect(read == template)
    #expect(read.hash == template.hash)
    #expect(!template.about.isEmpty)
  }

  @Test func usersWriteTheirOwn() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      """
      name: headline
      instruction: Write a headline.
      prompt: "{{ body }}\\nHeadline:"
      completion: "{{title}}!"
      answer-separator: "\\n"
      """, to: "headline.yaml")
    let template = try PromptTemplates.find(file.path)
    let prompt = try PromptComposer(template).prompt(row(("title", "Rain"), ("body", "It rained.")))
    #expect(
      prompt == Prompt(text: "Write a headline.\n\nIt rained.\nHeadline:", answerSeparator: "\n", completion: "Rain!"))
    #expect(template.mainPlaceholder == "body")
  }

  @Test(arguments: [
    ("prompt: '{{a'\ncompletion: x", "line 1: prompt opens a placeholder “{{a” that “}}” never closes"),
    (
      "prompt: '{{a b}}'\ncompletion: x",
      "line 1: prompt holds “{{a b}}”; a placeholder is one field's name, without spaces or braces"
    ),
    ("prompt: x", "line 1: completion is missing: What is to be answered. (a text)"),
    ("prompt: x\ncompletion: y\nprompts: z", "line 3: prompts is an unknown key; did you mean “prompt”?"),
  ])
  func brokenTemplatesAreExplained(text: String, message: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "t.yaml")
    let error = #expect(throws: SettingsError.self) { try PromptTemplates.find(file.path) }
    #expect(error?.description == "\(file.path), \(message)")
  }

  @Test func anUnknownTemplateHasANeighbour() {
    let error = #expect(throws: SettingsError.self) { try PromptTemplates.find("summarize") }
    #expect(error?.description.contains("did you mean “summarise”?") == true)
  }
}
