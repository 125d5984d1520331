import OrchardJSON

/// One message of a conversation.
public struct ChatMessage: Equatable, Sendable {
  /// Who speaks: mostly `system`, `user` or `assistant`.
  public var role: String
  /// What is said.
  public var content: String

  /// A message.
  public init(_ role: String, _ content: String) {
    self.role = role
    self.content = content
  }

  /// The message as chat templates and chat data take it.
  public var json: JSONValue { .object(JSONObject([("role", .string(role)), ("content", .string(content))])) }

  /// Reads a conversation: an object with `messages`, or the list itself.
  ///
  /// - Throws: `GenerationError` that names the message which lacks its role or content.
  public static func list(_ json: JSONValue) throws -> [ChatMessage] {
    guard let list = json["messages"]?.array ?? json.array else {
      throw GenerationError("a conversation is a list of messages, or an object with “messages”, not \(json.kind)")
    }
    return try list.enumerated().map { number, message in
      guard let role = message["role"]?.string, let content = message["content"]?.string else {
        throw GenerationError("message \(number + 1) needs “role” and “content”, both texts")
      }
      return ChatMessage(role, content)
    }
  }
}
