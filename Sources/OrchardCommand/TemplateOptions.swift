import ArgumentParser
import Foundation
import OrchardDatasets
import OrchardEncoders
import OrchardSettings

/// The template that prompts are composed with, and the worked examples that stand before a question.
struct TemplateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A template: \(PromptTemplates.catalog.names.joined(separator: ", ")), or a file of your own. "
        + "(default: the one that the model was trained with)",
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

  @Option(
    help: "Which of its rows: first, rows (see --example-rows), random by the seed, or similar to the question.")
  var choose = ExampleChoice.first

  @Option(
    help: ArgumentHelp("The rows to take as examples, from 0, with commas between: 3,0,7.", valueName: "numbers"))
  var exampleRows: String?

  @Option(
    help: ArgumentHelp("The sentence encoder that finds similar examples: a folder or OWNER/NAME.", valueName: "model"))
  var exampleModel: String?

  @Flag(help: "Use a template other than the one that the model was trained with.")
  var forceTemplate = false

  func validate() throws {
    if shots < 0 { throw ValidationError("--shots is \(shots); it takes a number from 0.") }
    if shots > 0, examples == nil { throw ValidationError("--shots \(shots) needs --examples to take them from.") }
    if shots == 0, examples != nil { throw ValidationError("--examples needs --shots: how many of them to show.") }
    try PlaceholderPairs.check(column + value)
    if (choose == .similar) != (exampleModel != nil) {
      throw ValidationError("--choose similar and --example-model go together: a sentence encoder compares questions.")
    }
    if (choose == .rows) != (exampleRows != nil) {
      throw ValidationError("--choose rows and --example-rows go together: the numbers of the rows to show.")
    }
    if let numbers = try rowNumbers(), numbers.count < shots {
      throw ValidationError("--example-rows names \(numbers.count) rows, but --shots asks for \(shots).")
    }
  }

  private func rowNumbers() throws -> [Int]? {
    try exampleRows?.split(separator: ",").map { text in
      guard let number = Int(text.filter { !$0.isWhitespace }), number >= 0 else {
        throw ValidationError("--example-rows holds “\(text)”; it takes numbers from 0 with commas between.")
      }
      return number
    }
  }

  /// The settings of the template; nil where none is named, the model has none of its own and no option needs one.
  ///
  /// - Throws: an error where the model's own template is broken.
  func settings(model: URL?, seed: Int) throws -> PromptSettings? {
    var settings = PromptSettings()
    if let template {
      settings.template = template
    } else if let model, let own = try TemplateStamp.read(from: model), !own.isPlainText {
      settings.template = model.appending(path: TemplateStamp.fileName).path
    } else if shots == 0, column.isEmpty, value.isEmpty {
      return nil
    }
    settings.columns = PlaceholderPairs.read(column)
    settings.values = PlaceholderPairs.read(value)
    settings.shots = shots
    settings.examples = examples
    settings.choose = choose
    settings.exampleRows = try rowNumbers() ?? []
    settings.exampleModel = try exampleModel.map { try ModelPlace.folder($0).path }
    settings.seed = seed
    return settings
  }

  /// The worked examples of these settings, ready for certain rows.
  ///
  /// - Throws: an error that names file and line where examples are wrong.
  func workedExamples(_ settings: PromptSettings, _ composer: PromptComposer, for rows: [DataRow]) throws
    -> WorkedExamples
  {
    try settings.workedExamples(composer).prepared(for: { rows }, settings)
  }
}

/// Placeholders of a template with what stands for them, as `placeholder=text` on the command line.
enum PlaceholderPairs {
  /// Refuses a text that is none.
  ///
  /// - Throws: `ValidationError`.
  static func check(_ texts: [String]) throws {
    for text in texts where !text.contains("=") {
      throw ValidationError("“\(text)” should be a placeholder, “=”, and what stands for it.")
    }
  }

  /// What stands for each placeholder.
  static func read(_ texts: [String]) -> [String: String] {
    var pairs: [String: String] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      pairs[parts[0]] = parts.count > 1 ? parts[1] : ""
    }
    return pairs
  }
}

extension ExampleChoice: ExpressibleByArgument {}
