import ArgumentParser
import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardSettings

/// Where prompts come from, and the template that they are composed with.
struct PromptOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "The prompt; an empty one begins with the model's start token. (default: all of standard input)")
  var prompt: String?

  @Option(
    help: ArgumentHelp("Prompts: one a row, in its field “prompt” or those of the template.", valueName: "file"))
  var prompts: String?

  @Option(
    help: ArgumentHelp(
      "A template: \(PromptTemplates.catalog.names.joined(separator: ", ")), or a file of your own.",
      valueName: "name"))
  var template: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("A column for a placeholder of the template: dialogue=text.", valueName: "placeholder=column"))
  var column: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A text for a placeholder of the template: target-language=French.", valueName: "placeholder=text"))
  var value: [String] = []

  @Option(help: "Worked examples before each question: 0 zero-shot, 1 one-shot, more few-shot.")
  var shots = 0

  @Option(help: ArgumentHelp("The file from which worked examples are taken.", valueName: "file"))
  var examples: String?

  @Option(help: "Which of its rows: first, or random by the seed for each question.")
  var choose = "first"

  @Flag(help: "Print the composed prompts and generate nothing; needs no model.")
  var printPrompt = false

  @Flag(help: "Give prompts as they are, also to a model that was trained with a template.")
  var raw = false

  @Flag(help: "Use a template other than the one that the model was trained with.")
  var forceTemplate = false

  func validate() throws {
    if prompt != nil, prompts != nil { throw ValidationError("--prompt and --prompts exclude each other.") }
    if raw, template != nil { throw ValidationError("--raw and --template exclude each other.") }
    if shots < 0 { throw ValidationError("--shots is \(shots); it takes a number from 0.") }
    if shots > 0, examples == nil { throw ValidationError("--shots \(shots) needs --examples to take them from.") }
    if shots == 0, examples != nil { throw ValidationError("--examples needs --shots: how many of them to show.") }
    if ExampleChoice(rawValue: choose) == nil {
      throw ValidationError("--choose is “\(choose)”; it takes first or random.")
    }
    for pair in column + value where !pair.contains("=") {
      throw ValidationError("“\(pair)” should be a placeholder, “=”, and what stands for it.")
    }
  }

  /// The composed prompts, in order.
  ///
  /// - Throws: an error that names file and line where a row lacks a field, or what is wrong with the template.
  func compose(model: URL?, seed: Int) throws -> [String] {
    let settings = try settings(model: model, seed: seed)
    guard let settings else {
      if prompts == nil { return [try single()] }
      return try rows().map { try $0.text("prompt") }
    }
    let composer = try settings.composer()
    if let model { try TemplateStamp.check(composer.template, for: model, forced: forceTemplate) }
    let worked = try settings.workedExamples(composer)
    let rows = try prompts == nil ? [row(for: composer.template)] : rows()
    return try rows.enumerated().map { number, row in
      let examples = try worked.examples(for: row, number: number)
      return try composer.prompt(row, examples: examples, wantsCompletion: false).text
    }
  }

  /// The settings of the template, or nil where prompts are given as they are.
  private func settings(model: URL?, seed: Int) throws -> PromptSettings? {
    var settings = PromptSettings()
    if let template {
      settings.template = template
    } else if !raw, let model, let own = try TemplateStamp.read(from: model) {
      settings.template = model.appending(path: TemplateStamp.fileName).path
      Console.note(
        "The prompt is composed as the model has learned it (template “\(own.name)”); --raw gives it as it is.")
    } else if shots == 0, column.isEmpty, value.isEmpty {
      return nil
    }
    settings.columns = pairs(column)
    settings.values = pairs(value)
    settings.shots = shots
    settings.examples = examples
    settings.choose = ExampleChoice(rawValue: choose) ?? .first
    settings.seed = seed
    return settings
  }

  private func pairs(_ texts: [String]) -> [String: String] {
    var pairs: [String: String] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      pairs[parts[0]] = parts.count > 1 ? parts[1] : ""
    }
    return pairs
  }

  private func rows() throws -> [DataRow] { try Dataset(file: URL(filePath: prompts ?? "")).rows() }

  /// A row of the one prompt: it fills the template's first placeholder without a value.
  private func row(for template: PromptTemplate) throws -> DataRow {
    guard let name = template.mainPlaceholder else {
      throw ValidationError("the template “\(template.name)” has no placeholder that a prompt could fill.")
    }
    return DataRow(fields: JSONObject([(name, .string(try single()))]), file: "the prompt", line: 1)
  }

  private func single() throws -> String {
    if let prompt { return prompt }
    if isatty(STDIN_FILENO) == 1 { Console.note("Reading the prompt; end it with Ctrl-D on a line of its own.") }
    let data = try FileHandle.standardInput.readToEnd() ?? Data()
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ValidationError("standard input is not UTF-8 text.")
    }
    // The line break with which a shell's echo ends is no part of the prompt.
    return text.utf8.last == UInt8(ascii: "\n") ? String(text.unicodeScalars.dropLast()) : text
  }
}
