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

  @OptionGroup var form: TemplateOptions

  @Flag(help: "Print the composed prompts and generate nothing; needs no model.")
  var printPrompt = false

  @Flag(help: "Give prompts as they are, also to a model that was trained with a template.")
  var raw = false

  func validate() throws {
    if prompt != nil, prompts != nil { throw ValidationError("--prompt and --prompts exclude each other.") }
    if raw, form.template != nil { throw ValidationError("--raw and --template exclude each other.") }
  }

  /// A composed prompt, and the name of the adapter that it takes, where there are several.
  typealias Composed = (text: String, adapter: String?)

  /// The composed prompts, in order.
  ///
  /// Where `adapted` are several, a row's field “adapter” says which it takes, and it is composed as that one was trained.
  /// - Throws: an error that names file and line where a row lacks a field, or what is wrong with the template.
  func compose(model: URL?, adapted: AdapterOptions, seed: Int) throws -> [Composed] {
    guard adapted.isChoice else {
      return try compose(rows: nil, model: model.map { try adapted.templatePlace($0) }, seed: seed).map { ($0, nil) }
    }
    let given = try prompts == nil ? nil : rows()
    let choices: [String?] = try given.map { try $0.map { try choice(of: $0, adapted) } } ?? [adapted.useAdapter]
    var made = [Composed](repeating: ("", nil), count: choices.count)
    // Several templates are told as one is: once.
    var isTold = false
    for choice in Set(choices).sorted(by: { ($0 ?? "") < ($1 ?? "") }) {
      let places = choices.indices.filter { choices[$0] == choice }
      let template = try model.map { try adapted.templatePlace($0, name: choice) }
      let texts = try compose(
        rows: given.map { rows in places.map { rows[$0] } }, model: template, seed: seed, tells: !isTold)
      isTold = true
      for (place, text) in zip(places, texts) { made[place] = (text, choice) }
    }
    return made
  }

  private func choice(of row: DataRow, _ adapted: AdapterOptions) throws -> String? {
    guard let value = row.value("adapter"), !value.isNull else { return adapted.useAdapter }
    let name = try row.text("adapter")
    try adapted.check(name, "\(row.file), line \(row.line),")
    return name
  }

  /// The prompts of rows, all composed as the folder `model` has it.
  private func compose(rows given: [DataRow]?, model: URL?, seed: Int, tells: Bool = true) throws -> [String] {
    guard let settings = try form.settings(model: raw ? nil : model, seed: seed) else {
      if prompts == nil { return [try single()] }
      return try (given ?? rows()).map { try $0.text("prompt") }
    }
    let composer = try settings.composer()
    if tells, form.template == nil, !raw, let model, let own = try TemplateStamp.read(from: model) {
      Console.note(
        "The prompt is composed as the model has learned it (template “\(own.name)”); --raw gives it as it is.")
    }
    if let model { try TemplateStamp.check(composer.template, for: model, forced: form.forceTemplate) }
    let rows = try given ?? (prompts == nil ? [row(for: composer.template)] : rows())
    let worked = try form.workedExamples(settings, composer, for: rows)
    return try rows.enumerated().map { number, row in
      let examples = try worked.examples(for: row, number: number)
      return try composer.prompt(row, examples: examples, wantsCompletion: false).text
    }
  }

  /// The rows of `--prompts`.
  func rows() throws -> [DataRow] { try Dataset(file: URL(filePath: prompts ?? "")).rows() }

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
