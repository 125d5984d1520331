import OrchardJSON

/// A composed prompt, and the completion that is wanted where the row has one.
public struct Prompt: Sendable, Equatable {
  /// Everything that the model reads.
  public var text: String
  /// What stands between prompt and completion where a model continues its prompt.
  public var answerSeparator: String
  /// What is to be answered, or nil where the row does not hold it.
  public var completion: String?

  /// A prompt.
  public init(text: String, answerSeparator: String = "", completion: String? = nil) {
    self.text = text
    self.answerSeparator = answerSeparator
    self.completion = completion
  }
}

/// Composes prompts from rows: a template, the columns' names, and worked examples.
public struct PromptComposer: Sendable {
  /// The template.
  public let template: PromptTemplate
  /// Which column fills a placeholder, where the names differ.
  public let columns: [String: String]
  /// The column that holds a whole conversation; nil where rows are put into the template's words.
  public let messages: String?
  private let instruction: TemplateText
  private let prompt: TemplateText
  private let completion: TemplateText

  /// A composer for one template.
  public init(_ template: PromptTemplate, columns: [String: String] = [:], messages: String? = nil) {
    self.template = template
    self.columns = columns
    self.messages = messages
    instruction = TemplateText(template.instruction)
    prompt = TemplateText(template.prompt)
    completion = TemplateText(template.completion)
  }

  /// The prompt for a row, behind worked examples.
  ///
  /// - Throws: `DataError` where the row, or an example, lacks a field of the template.
  public func prompt(_ row: DataRow, examples: [DataRow] = [], wantsCompletion: Bool = true) throws(DataError) -> Prompt
  {
    try prompt(row, examples: examples, wantsCompletion: wantsCompletion, cutting: nil)
  }

  /// The prompt for a row, its field `cut.name` shortened to `cut.count` Unicode scalars.
  func prompt(
    _ row: DataRow, examples: [DataRow], wantsCompletion: Bool, cutting cut: (name: String, count: Int)?
  ) throws(DataError) -> Prompt {
    var text = try fill(instruction, row)
    if !text.isEmpty { text += template.instructionSeparator }
    for example in examples {
      text += try fill(prompt, example) + template.answerSeparator + fill(completion, example)
      text += template.exampleSeparator
    }
    text += try prompt.filled { placeholder throws(DataError) in
      let value = try value(placeholder, row)
      guard let cut, cut.name == placeholder.name else { return value }
      return String(String.UnicodeScalarView(value.unicodeScalars.prefix(cut.count)))
    }
    let answer = wantsCompletion ? try fill(completion, row) : nil
    return Prompt(text: text, answerSeparator: template.answerSeparator, completion: answer)
  }

  /// The prompt's placeholder with the longest value in this row, and that value's length in Unicode scalars.
  func longestField(_ row: DataRow) throws(DataError) -> (name: String, count: Int)? {
    var longest: (name: String, count: Int)?
    for case .placeholder(let placeholder) in prompt.pieces where template.values[placeholder.name] == nil {
      let count = try value(placeholder, row).unicodeScalars.count
      if count > longest?.count ?? 0 { longest = (placeholder.name, count) }
    }
    return longest
  }

  /// The row's own part of the prompt, without instruction and examples: what makes two rows the same question.
  ///
  /// - Throws: `DataError` where the row lacks a field of the template.
  public func question(_ row: DataRow) throws(DataError) -> String { try fill(prompt, row) }

  /// What counts as the right answer to a row: the template's `answer`, or its completion where it has none.
  ///
  /// - Throws: `DataError` where the row lacks a field of it.
  public func answer(_ row: DataRow) throws(DataError) -> String {
    try fill(template.answer.isEmpty ? completion : TemplateText(template.answer), row)
  }

  /// With what the next example would begin: where a model goes on to a question of its own, its answer is over.
  public var nextExample: String? {
    let start = template.exampleSeparator + prompt.beginning
    let text = String(start.reversed().drop { $0 == " " }.reversed())
    return text.contains { !$0.isWhitespace } ? text : nil
  }

  private func fill(_ text: TemplateText, _ row: DataRow) throws(DataError) -> String {
    try text.filled { placeholder throws(DataError) in try value(placeholder, row) }
  }

  private func value(_ placeholder: TemplateText.Placeholder, _ row: DataRow) throws(DataError) -> String {
    let name = placeholder.name
    let column = columns[name] ?? name
    if columns[name] == nil, row.value(name) == nil {
      if let value = template.values[name] { return value }
      let error = row.missing(name)
      throw row.error(
        "\(error.problem); the template “\(template.name)” needs “\(name)”: name the column under columns: {\(name): …}"
      )
    }
    guard !placeholder.filters.isEmpty, var value = row.value(column) else { return try row.text(column) }
    for filter in placeholder.filters {
      guard let changed = filter.apply(value) else {
        throw row.error("the filter “\(filter.name)” takes \(filter.takes), but the field “\(column)” is \(value.kind)")
      }
      value = changed
    }
    guard let text = value.writtenOut else { return try row.text(column) }
    return text
  }
}
