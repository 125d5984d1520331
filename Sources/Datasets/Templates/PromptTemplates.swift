import Foundation
import OrchardSettings

/// The named templates, and those that users write as files.
public enum PromptTemplates {
  /// The templates that come with the library.
  public static let catalog = Catalog<PromptTemplate>(
    of: "prompt template",
    (builtIn + reasoning).map { .init($0.name, $0.about, $0) })

  private static let builtIn: [PromptTemplate] = [
    PromptTemplate(
      name: "no-instruction", about: "The row's prompt and completion as they are.",
      prompt: "{{prompt}}", completion: "{{completion}}"),
    PromptTemplate(
      name: "text", about: "A text to be continued; nothing is asked.", prompt: "", completion: "{{text}}",
      answerSeparator: ""),
    PromptTemplate(
      name: "instruct", about: "Rows with an instruction, an input that may be empty or absent, and an output.",
      prompt: "{{instruction|trim}}{{input|paragraph}}\n\nAnswer:", completion: "{{output}}", values: ["input": ""]),
    PromptTemplate(
      name: "summarise", about: "A dialogue and its summary.",
      instruction: "Summarise the following conversation.",
      prompt: "{{dialogue}}\n\nSummary:", completion: "{{summary}}"),
    PromptTemplate(
      name: "classify", about: "A text and its label.",
      instruction: "Classify the following text as one of: {{labels}}.",
      prompt: "Text: {{text}}\nLabel:", completion: "{{label}}", values: ["labels": "positive, negative"]),
    PromptTemplate(
      name: "translate", about: "A text in one language and in another.",
      instruction: "Translate from {{source-language}} to {{target-language}}.",
      prompt: "{{source-language}}: {{source}}\n{{target-language}}:", completion: "{{target}}",
      values: ["source-language": "English", "target-language": "German"]),
    PromptTemplate(
      name: "extract", about: "A text and what is to be found in it.",
      instruction: "Find {{wanted}} in the following text.",
      prompt: "Text: {{text}}\nFound:", completion: "{{answer}}",
      values: ["wanted": "all names of people, places and organisations"]),
    PromptTemplate(
      name: "answer", about: "A question and its answer.",
      instruction: "Answer the question.",
      prompt: "Question: {{question}}\nAnswer:", completion: "{{answer}}"),
    PromptTemplate(
      name: "answer-from-text", about: "A text, a question about it, and the answer.",
      instruction: "Answer the question from the text.",
      prompt: "Text: {{context}}\nQuestion: {{question}}\nAnswer:", completion: "{{answer}}"),
  ]

  /// The template of that name, or the one in the YAML or JSON file of that path.
  ///
  /// A name with a slash or a `.yaml`, `.yml` or `.json` ending is a path.
  /// - Throws: `SettingsError` with the nearest name, or with what is wrong in the file.
  public static func find(_ nameOrPath: String) throws(SettingsError) -> PromptTemplate {
    let url = URL(filePath: nameOrPath)
    if nameOrPath.contains("/") || ["yaml", "yml", "json"].contains(url.pathExtension.lowercased()) {
      return try PromptTemplate(recipe: url)
    }
    return try catalog.find(nameOrPath)
  }
}
