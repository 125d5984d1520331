import OrchardJSON

/// A row's conversation: messages as chat templates take them.
///
/// Both common forms are read: objects with `role` and `content`, and ShareGPT's with `from` and `value`.
struct Conversation {
  /// The messages, each an object with at least `role` and `content`.
  let messages: [JSONValue]
  /// Which of them are answers: the places of the assistant's.
  let answers: [Int]

  private static let roles = [
    "human": "user", "user": "user", "gpt": "assistant", "chatgpt": "assistant", "bing": "assistant",
    "bard": "assistant",
    "assistant": "assistant", "system": "system", "tool": "tool", "observation": "tool",
  ]

  /// Reads the conversation in a row's `column`.
  ///
  /// - Throws: `DataError` where it is no list of messages, or nobody answers in it.
  init(_ row: DataRow, column: String) throws(DataError) {
    guard let value = row.value(column) else { throw row.missing(column) }
    guard let list = value.array else {
      throw row.error("the field “\(column)” is \(value.kind), where a list of messages is needed")
    }
    var messages: [JSONValue] = []
    for (place, message) in list.enumerated() {
      messages.append(try Self.message(message, row, "\(column).\(place)"))
    }
    // What stands behind the last answer is asked, and answered nowhere.
    while let last = messages.last, last["role"]?.string != "assistant" { messages.removeLast() }
    answers = messages.indices.filter { messages[$0]["role"]?.string == "assistant" }
    self.messages = messages
    guard !answers.isEmpty else {
      throw row.error("nobody answers in the conversation “\(column)”: no message has the role assistant")
    }
  }

  private static func message(_ message: JSONValue, _ row: DataRow, _ name: String) throws(DataError) -> JSONValue {
    guard var object = message.object else {
      throw row.error("the message “\(name)” is \(message.kind), where an object with role and content is needed")
    }
    guard let said = (object["role"] ?? object["from"])?.string else {
      throw row.error("the message “\(name)” does not say who speaks: it needs “role”, or “from” as ShareGPT has it")
    }
    if let content = object["value"], object["content"] == nil {
      object["content"] = content
      object["value"] = nil
    }
    guard object["content"]?.string != nil || object["tool_calls"] != nil else {
      throw row.error("the message “\(name)” has no text: it needs “content”, or “value” as ShareGPT has it")
    }
    object["from"] = nil
    // A role of the project's own is the chat template's affair.
    object["role"] = .string(roles[said.lowercased()] ?? said)
    return .object(object)
  }
}
