import OrchardJSON
import OrchardModels
import OrchardSettings
import OrchardTokenizers

/// A conversation with a model: what was said, and how it is put to the model.
///
/// ```swift
/// var chat = try ChatSession(generator, settings: settings)
/// var answer = try chat.ask("Who are you?")
/// while let piece = try answer.next() { print(piece, terminator: "") }
/// chat.keep(answer)
/// ```
public struct ChatSession {
  /// What was said so far, the system's words first.
  public var messages: [ChatMessage] = []
  /// How answers are generated; each question gets one, however many texts the settings ask for.
  public var settings: GenerationSettings
  /// Whether the oldest messages are left out where the conversation exceeds the model's context.
  public var dropsOldest = false
  /// The adapter that answers are made with, by its name among the model's `rowAdapters`; nil for none of them.
  public var adapter: String?
  /// How the conversation becomes text.
  public let template: ChatTemplate
  private let generator: TextGenerator
  /// What the model has read of the conversation: a question costs its own tokens, not those of all before it.
  package let reading = KeptReading()

  /// A conversation in which nothing was said, in the model's own form or that of `template`.
  ///
  /// - Throws: `GenerationError` where the model has no template and none is given.
  public init(_ generator: TextGenerator, template: ChatTemplate? = nil, settings: GenerationSettings) throws {
    guard let template = try template ?? generator.tokenizer.readChatTemplate() else {
      throw GenerationError(
        "the model carries no chat template: it was not made for conversations, or its form is not told; "
          + "give one by name (\(NamedChatTemplates.names.joined(separator: ", "))) or as a file")
    }
    self.template = template
    self.generator = generator
    self.settings = settings
  }

  /// The template called `name`, or in the text of a file.
  ///
  /// - Throws: `GenerationError` for a name that is not known.
  public static func template(named name: String, for tokenizer: Tokenizer) throws -> ChatTemplate {
    guard let source = NamedChatTemplates.source(name) else {
      let names = NamedChatTemplates.names
      throw GenerationError(
        "there is no chat template “\(name)”\(NearestName.suggestion(for: name, in: names)); "
          + "known are \(names.joined(separator: ", ")), or give a file")
    }
    return try tokenizer.makeChatTemplate(source)
  }

  /// Asks; the question joins the conversation, the answer does when it is kept.
  ///
  /// - Throws: `ChatTemplateError` where the template refuses the messages, `GenerationError` where the conversation
  ///   exceeds the context; the conversation is then as it was before.
  public mutating func ask(_ question: String) throws -> ChatAnswer {
    let before = messages
    messages.append(ChatMessage("user", question))
    do {
      var tokens = try promptTokens()
      var dropped = 0
      while !fits(tokens), dropsOldest, dropOldest() {
        dropped += 1
        tokens = try promptTokens()
      }
      guard fits(tokens) else {
        throw GenerationError(
          "the conversation has \(tokens.count) tokens now, and the model's context holds "
            + "\(generator.model.properties.contextLength ?? 0): begin anew, or let the oldest messages be dropped")
      }
      var settings = settings
      settings.returnSequences = 1
      return ChatAnswer(
        decoding: try generator.begin([TokenPrompt(tokens, adapter: adapter)], settings: settings, reusing: reading),
        droppedMessages: dropped)
    } catch {
      messages = before
      throw error
    }
  }

  /// Keeps what was answered so far, also where the answer was broken off; it does not go on afterwards.
  public mutating func keep(_ answer: ChatAnswer) {
    messages.append(ChatMessage("assistant", answer.text))
    answer.leave()
  }

  /// Takes the last question and its answer back; false where nothing was asked.
  public mutating func undo() -> Bool {
    guard let place = messages.lastIndex(where: { $0.role == "user" }) else { return false }
    messages.removeSubrange(place...)
    return true
  }

  /// Forgets everything but the system's words.
  public mutating func reset() { messages.removeAll { $0.role != "system" } }

  /// The system's words, which stand first; nil or an empty text removes them.
  public var system: String? {
    get { messages.first { $0.role == "system" }?.content }
    set {
      messages.removeAll { $0.role == "system" }
      if let newValue, !newValue.isEmpty { messages.insert(ChatMessage("system", newValue), at: 0) }
    }
  }

  /// The text that the model reads.
  ///
  /// - Throws: `ChatTemplateError` where the template refuses the messages.
  public func promptText() throws -> String { try template.render(messages.map(\.json)) }

  /// The template writes the special tokens itself.
  private func promptTokens() throws -> [Int] {
    generator.tokens(of: try promptText(), addSpecialTokens: false)
  }

  private func fits(_ tokens: [Int]) -> Bool {
    generator.model.properties.contextLength.map { tokens.count < $0 } ?? true
  }

  /// Leaves out the oldest question and what was answered to it; false where only the last question is left.
  private mutating func dropOldest() -> Bool {
    guard let first = messages.firstIndex(where: { $0.role != "system" }),
      let next = messages[(first + 1)...].firstIndex(where: { $0.role == "user" })
    else { return false }
    messages.removeSubrange(first..<next)
    return true
  }
}

/// An answer as it comes.
public struct ChatAnswer {
  /// How many questions with their answers were left out to make room.
  public let droppedMessages: Int
  /// The text so far.
  public private(set) var text = ""
  /// Why the answer ended, once it has.
  public private(set) var finish: FinishReason?
  private var decoding: Decoding

  init(decoding: Decoding, droppedMessages: Int) {
    self.decoding = decoding
    self.droppedMessages = droppedMessages
  }

  /// Gives what the model has read to the next question.
  func leave() { decoding.leave() }

  /// The next piece of text, which may be empty; nil at the end.
  ///
  /// - Throws: `GenerationError` if the model's logits are no numbers.
  public mutating func next() throws -> String? {
    guard let tokens = try decoding.next() else { return nil }
    let piece = tokens.map(\.text).joined()
    text += piece
    if let reason = tokens.last?.finish { finish = reason }
    return piece
  }
}
