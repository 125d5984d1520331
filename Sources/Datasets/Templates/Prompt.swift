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
  private let instruction: TemplateText
  private let prompt: TemplateText
  private let completion: TemplateText

  /// A composer for one template.
  public init(_ template: PromptTemplate, columns: [String: String] = [:]) {
    self.template = template
    self.columns = columns
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
    var text = try instruction.filled { name throws(DataError) in try value(name, row) }
    if !text.isEmpty { text += template.instructionSeparator }
    for example in examples {
      text += try prompt.filled { name throws(DataError) in try value(name, example) }
      text += template.answerSeparator
      text += try completion.filled { name throws(DataError) in try value(name, example) }
      text += template.exampleSeparator
    }
    text += try prompt.filled { name throws(DataError) in
      let value = try value(name, row)
      guard let cut, cut.name == name else { return value }
      return String(String.UnicodeScalarView(value.unicodeScalars.prefix(cut.count)))
    }
    var answer: String?
    if wantsCompletion { answer = try completion.filled { name throws(DataError) in try value(name, row) } }
    return Prompt(text: text, answerSeparator: template.answerSeparator, completion: answer)
  }

  /// The prompt's placeholder with the longest value in this row, and that value's length in Unicode scalars.
  func longestField(_ row: DataRow) throws(DataError) -> (name: String, count: Int)? {
    var longest: (name: String, count: Int)?
    for name in prompt.placeholders where template.values[name] == nil {
      let count = try value(name, row).unicodeScalars.count
      if count > longest?.count ?? 0 { longest = (name, count) }
    }
    return longest
  }

  /// The row's own part of the prompt, without instruction and examples: what makes two rows the same question.
  func question(_ row: DataRow) throws(DataError) -> String {
    try prompt.filled { name throws(DataError) in try value(name, row) }
  }

  private func value(_ name: String, _ row: DataRow) throws(DataError) -> String {
    if let column = columns[name] { return try row.text(column) }
    if row.value(name) == nil, let value = template.values[name] { return value }
    if row.value(name) == nil {
      let error = row.missing(name)
      throw row.error(
        "\(error.problem); the template “\(template.name)” needs “\(name)”: name the column under columns: {\(name): …}"
      )
    }
    return try row.text(name)
  }
}
