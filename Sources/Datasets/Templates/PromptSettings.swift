import Foundation
import OrchardSettings

/// How rows become prompts; training, prompting and evaluation share this group.
public struct PromptSettings: SettingsGroup, Equatable {
  /// A built-in template's name, or the path of a template file.
  public var template = "no-instruction"
  /// The column that holds a whole conversation, which the model's chat template renders; nil goes by the template.
  public var messages: String?
  /// Which column fills a placeholder, where the names differ.
  public var columns: [String: String] = [:]
  /// Values for placeholders, over the template's own.
  public var values: [String: String] = [:]
  /// How many worked examples stand before the question.
  public var shots = 0
  /// The file from which worked examples are taken.
  public var examples: String?
  /// Which of its rows are taken.
  public var choose = ExampleChoice.first
  /// Where a random choice begins.
  public var seed = 0
  /// For examples of certain rows: their numbers, from 0.
  public var exampleRows: [Int] = []
  /// For similar examples: the folder of the sentence encoder that tells how near questions are.
  public var exampleModel: String?

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "How rows become prompts and completions."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    let names = PromptTemplates.catalog.names.joined(separator: ", ")
    return [
      Field("template", \.template, "A template's name (\(names)), or the path of a template file."),
      Field(
        "messages", \.messages,
        "The column with a conversation, rendered by the model's chat template; empty goes by the template."),
      Field("columns", \.columns, "Which column fills a placeholder, where the names differ: {dialogue: text}."),
      Field("values", \.values, "Values for placeholders, over the template's own: {target-language: French}."),
      Field(
        "shots", \.shots, "Worked examples before the question: 0 zero-shot, 1 one-shot, more few-shot.", .range(0...)),
      Field("examples", \.examples, "The data file from which worked examples are taken."),
      Field("choose", \.choose, "Which examples a question has: the first, certain rows, random ones or similar ones."),
      Field("seed", \.seed, "Where a random choice of examples begins."),
      Field("example-rows", \.exampleRows, "choose: rows: the numbers of the examples' rows, from 0."),
      Field("example-model", \.exampleModel, "choose: similar: the sentence encoder that compares questions."),
    ]
  }

  /// Shots without a file to take them from, and a choice without what it chooses by.
  public var complaints: [SettingsComplaint] {
    guard shots > 0 else { return [] }
    var complaints: [SettingsComplaint] = []
    if messages != nil {
      complaints.append(SettingsComplaint("shots", "has no effect on conversations (messages); leave one of them out"))
    }
    if examples == nil {
      complaints.append(
        SettingsComplaint("examples", "is missing: \(shots) worked examples need a file to be taken from"))
    }
    if choose == .similar, exampleModel == nil {
      complaints.append(
        SettingsComplaint("example-model", "is missing: similar examples need a sentence encoder to compare questions"))
    }
    if choose == .rows, exampleRows.count < shots {
      complaints.append(
        SettingsComplaint("example-rows", "names \(exampleRows.count) rows, but shots asks for \(shots) examples"))
    }
    return complaints
  }

  /// The composer that these settings describe.
  ///
  /// - Throws: `SettingsError` where the template is unknown or broken, or where a column or a value is
  ///   given for a placeholder that the template does not have.
  public func composer() throws(SettingsError) -> PromptComposer {
    try composer(PromptTemplates.find(template))
  }

  /// The composer that these settings describe, for a template that was found elsewhere.
  ///
  /// - Throws: `SettingsError` where a column or a value is given for a placeholder that the template does not have.
  public func composer(_ template: PromptTemplate) throws(SettingsError) -> PromptComposer {
    var template = template
    let names = [template.instruction, template.prompt, template.completion, template.answer].flatMap {
      TemplateText($0).placeholders
    }
    for (key, name) in columns.keys.map({ ("columns", $0) }) + values.keys.map({ ("values", $0) })
    where !names.contains(name) {
      var known: [String] = []
      for name in names where !known.contains(name) { known.append(name) }
      let hint = NearestName.suggestion(for: name, in: known)
      throw SettingsError(
        key: "\(key).\(name)",
        problem: "is no placeholder of the template “\(template.name)”\(hint.isEmpty ? ";" : hint) "
          + "it has \(known.joined(separator: ", "))")
    }
    template.values.merge(values) { _, given in given }
    return PromptComposer(template, columns: columns, messages: messages)
  }

  /// The worked examples that these settings describe.
  ///
  /// Similar ones are still to be prepared: see `WorkedExamples.prepared`.
  /// - Throws: `DataError` where the file of examples is missing or broken, or holds too few.
  public func workedExamples(_ composer: PromptComposer) throws(DataError) -> WorkedExamples {
    guard shots > 0, let examples else { return WorkedExamples(composer: composer) }
    let data = try Dataset(file: URL(filePath: examples))
    return try WorkedExamples(
      try data.rows(), composer: composer, shots: shots, choice: choose, seed: seed, numbers: exampleRows)
  }
}
