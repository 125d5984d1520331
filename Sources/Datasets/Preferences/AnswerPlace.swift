import OrchardJSON

/// Where in a row a completion stands: in a column, or at the end of a conversation.
struct AnswerPlace {
  /// The column of the conversation; nil where a template makes prompts.
  private let messages: String?
  /// The column that fills the template's completion.
  private let completion: String
  /// The column that fills the template's prompt, where it is one.
  let promptColumn: String?

  /// - Throws: `DataError` at the row where the template's completion is more than one field.
  init(_ composer: PromptComposer, _ row: DataRow) throws(DataError) {
    messages = composer.messages
    guard messages == nil else {
      (completion, promptColumn) = ("", nil)
      return
    }
    let template = composer.template
    guard case .placeholder(let answer)? = TemplateText(template.completion).pieces.first,
      TemplateText(template.completion).pieces.count == 1
    else {
      throw row.error(
        "the template “\(template.name)” has the completion “\(template.completion)”, where answers that a method puts in "
          + "need one field alone, such as {{completion}}; use another template")
    }
    completion = composer.columns[answer.name] ?? answer.name
    promptColumn = template.mainPlaceholder.map { composer.columns[$0] ?? $0 }
  }

  /// A row with an answer in its place: `name` says where it came from.
  ///
  /// An answer that is `whole` is a conversation with all that was said before.
  func row(
    _ row: DataRow, with answer: JSONValue, _ name: String, whole: Bool = false
  ) throws(DataError) -> DataRow {
    var made = row
    guard let messages else {
      guard let text = answer.string else {
        throw row.error(
          "the answer “\(name)” is \(answer.kind), where a text is needed; where answers are messages, name the column "
            + "with what was said before: prompt.messages")
      }
      made.fields[completion] = .string(text)
      return made
    }
    let own = answer.array ?? [answer]
    let before = whole ? [] : try history(row, messages)
    var said = before + own.map { $0.string.map(Self.said) ?? $0 }
    if let asked = row.value(messages)?.string, !whole {
      said.insert(["role": "user", "content": .string(asked)], at: 0)
    }
    made.fields[messages] = .array(said)
    return made
  }

  private static func said(_ text: String) -> JSONValue { ["role": "assistant", "content": .string(text)] }

  private func history(_ row: DataRow, _ column: String) throws(DataError) -> [JSONValue] {
    guard let value = row.value(column) else { throw row.missing(column) }
    if value.string != nil { return [] }
    guard let list = value.array else {
      throw row.error("the field “\(column)” is \(value.kind), where a list of messages is needed")
    }
    return list
  }
}
