import OrchardJSON

/// How a conversation becomes the text that a model reads: a Jinja template, as models carry it.
///
/// It renders what transformers' `apply_chat_template` renders; a construct that is not known is refused when the
/// template is read, with its place.
public struct ChatTemplate: Sendable {
  /// What goes into a rendering beside the messages.
  public struct Options: Sendable {
    /// Whether the text ends where the assistant is to speak.
    public var addsGenerationPrompt = true
    /// Whether the last message is to be gone on with: the text ends with it.
    public var continuesFinalMessage = false
    /// Tools in JSON-schema form, where the template takes some.
    public var tools: [JSONValue]?
    /// Documents, where the template takes some.
    public var documents: [JSONValue]?
    /// Further variables of the template.
    public var variables = JSONObject()

    /// The usual options: a prompt that the assistant answers.
    public init() {}
  }

  /// The template's text.
  public let source: String
  private let statements: Statements
  private let specialTokens: [(name: String, text: String)]

  /// Statements hold classes, but none that changes.
  private struct Statements: @unchecked Sendable {
    let all: [JinjaStatement]
  }

  /// Reads a template; `specialTokens` are variables such as `bos_token` with their texts.
  ///
  /// - Throws: `ChatTemplateError` that names the place of what is wrong or not known.
  public init(_ source: String, specialTokens: [(name: String, text: String)] = []) throws {
    self.source = source
    self.specialTokens = specialTokens
    statements = Statements(all: try JinjaParser.parse(source))
  }

  /// The text of a conversation: messages are objects, mostly with `role` and `content`.
  ///
  /// - Throws: `ChatTemplateError` for what the template raises, and for what it cannot compute.
  public func render(_ messages: [JSONValue], _ options: Options = Options()) throws -> String {
    if options.addsGenerationPrompt, options.continuesFinalMessage {
      throw ChatTemplateError(
        "the last message cannot be gone on with and answered as well: choose one of both")
    }
    func list(_ values: [JSONValue]?) -> JinjaValue { values.map { .list($0.map(JinjaValue.init)) } ?? .none }
    var variables: [(String, JinjaValue)] = specialTokens.map { ($0.name, .string($0.text)) }
    variables += options.variables.entries.map { ($0.key, JinjaValue($0.value)) }
    variables += [
      ("messages", .list(messages.map(JinjaValue.init))), ("tools", list(options.tools)),
      ("documents", list(options.documents)), ("add_generation_prompt", .bool(options.addsGenerationPrompt)),
    ]
    let text = try JinjaRenderer.render(statements.all, variables)
    return options.continuesFinalMessage ? try Self.cut(text, behind: messages.last) : text
  }

  /// The text up to the end of the last message.
  private static func cut(_ text: String, behind message: JSONValue?) throws -> String {
    var content = message?["content"]?.string
    if content == nil {
      content = message?["content"]?.array?.reversed().lazy.compactMap { $0["text"]?.string }.first
    }
    guard let content, !JinjaText.strip(content).isEmpty else {
      throw ChatTemplateError("the last message has no text that could be gone on with")
    }
    let (whole, stripped) = (JinjaText.scalars(text), JinjaText.scalars(JinjaText.strip(content)))
    let starts = (0...max(0, whole.count - stripped.count)).reversed()
    guard stripped.count <= whole.count,
      let start = starts.first(where: { whole[$0..<$0 + stripped.count].elementsEqual(stripped) })
    else {
      throw ChatTemplateError("the template changes the last message, so that it cannot be gone on with")
    }
    let full = JinjaText.scalars(JinjaText.strip(content, right: false))
    let end = start + full.count
    let isWhole = end <= whole.count && whole[start..<end].elementsEqual(JinjaText.scalars(content))
    return JinjaText.text(whole[..<(isWhole ? end : start + stripped.count)])
  }
}
