import Foundation
import OrchardGeneration
import OrchardJSON
import OrchardModels
import OrchardTokenizers
import TestSupport
import Testing

@Suite("Conversations")
struct ChatSessionTests {
  private func session(_ name: String = "llama-grouped", limit: Int = 4) throws -> ChatSession {
    let generator = try TextGenerator(folder: Goldens.url("models/\(name)"))
    var settings = GenerationSettings()
    settings.maxNewTokens = limit
    let template = try ChatSession.template(named: "plain", for: generator.tokenizer)
    return try ChatSession(generator, template: template, settings: settings)
  }

  private func answer(_ chat: inout ChatSession, _ question: String) throws -> String {
    var answer = try chat.ask(question)
    while try answer.next() != nil {}
    #expect(answer.finish != nil)
    chat.keep(answer)
    return answer.text
  }

  @Test("An answer is what the model says to the rendered text")
  func answers() throws {
    var chat = try session()
    chat.system = "the sun"
    let first = try answer(&chat, "the cat sat")
    let prompt = "<s>the sun\n\nUser: the cat sat\nAssistant:"
    let generator = try TextGenerator(folder: Goldens.url("models/llama-grouped"))
    let tokens = generator.tokenizer.encodeIDs(prompt, addSpecialTokens: false)
    let expected = try generator.generate([TokenPrompt(tokens)], settings: chat.settings)
    #expect(first == expected.first?.text)
    #expect(chat.messages.map(\.role) == ["system", "user", "assistant"])
    _ = try answer(&chat, "and")
    #expect(try chat.promptText().hasPrefix("<s>the sun\n\nUser: the cat sat\nAssistant:"))
    #expect(chat.messages.count == 5)
    let hasUndone = chat.undo()
    #expect(hasUndone && chat.messages.count == 3)
    chat.reset()
    #expect(chat.messages == [ChatMessage("system", "the sun")])
    let hasMore = chat.undo()
    #expect(!hasMore)
    chat.system = ""
    #expect(chat.messages.isEmpty && chat.system == nil)
  }

  @Test("An encoder reads the conversation with an end token, as it reads a prompt")
  func encoderDecoder() throws {
    var chat = try session("t5-v1_1")
    let answered = try answer(&chat, "the cat sat")
    let generator = try TextGenerator(folder: Goldens.url("models/t5-v1_1"))
    let expected = try generator.generate(["User: the cat sat\nAssistant:"], settings: chat.settings)
    #expect(answered == expected.first?.text)
  }

  @Test("Settings that ask for several texts still give one answer")
  func oneAnswer() throws {
    var chat = try session()
    let expected = try answer(&chat, "the cat sat")
    chat.reset()
    (chat.settings.sample, chat.settings.returnSequences) = (true, 3)
    chat.settings[step: "top-k"] = 1
    #expect(try answer(&chat, "the cat sat") == expected)
  }

  @Test("A conversation beyond the context is refused, or loses its oldest questions")
  func context() throws {
    var chat = try session()
    for _ in 0..<2 { _ = try answer(&chat, "the") }
    let before = chat.messages
    let long = String(repeating: "the cat ", count: 12)
    let error = #expect(throws: GenerationError.self) { _ = try chat.ask(long + long + long) }
    #expect("\(try #require(error))".contains("the model's context holds 64: begin anew, or let the oldest"))
    #expect(chat.messages == before)
    chat.dropsOldest = true
    var dropped = 0
    for _ in 0..<6 {
      let made = try chat.ask("the cat")
      dropped += made.droppedMessages
      chat.keep(made)
    }
    #expect(dropped > 0)
    #expect(throws: GenerationError.self) { _ = try chat.ask(long + long + long) }
  }

  @Test(
    "What the model has read of a conversation is not read again, and the answers are as if it were",
    arguments: ["llama-grouped", "mistral", "gemma2"], [false, true])
  func reuses(name: String, draws: Bool) throws {
    var chat = try session(name, limit: 3)
    chat.settings.sample = draws
    chat.settings.seed = 7
    let generator = try TextGenerator(folder: Goldens.url("models/\(name)"))
    for question in ["the", "a"] {
      let kept = chat.reading.tokens
      var made = try chat.ask(question)
      #expect(chat.reading.tokens.isEmpty, "what is taken is taken away")
      let prompt = generator.tokens(of: try chat.promptText(), addSpecialTokens: false)
      let common = zip(kept, prompt).prefix { $0 == $1 }.count
      if !kept.isEmpty { #expect(common > kept.count / 2) }
      while try made.next() != nil {}
      let expected = try generator.generate([TokenPrompt(prompt)], settings: chat.settings)
      #expect(made.text == expected.first?.text)
      chat.keep(made)
      #expect(chat.reading.tokens.starts(with: prompt))
    }
    // A broken-off answer, and one that is taken back: what follows is as in a conversation without them.
    var broken = try chat.ask("the")
    _ = try broken.next()
    chat.keep(broken)
    let hasUndone = chat.undo()
    #expect(hasUndone)
    chat.dropsOldest = true
    let again = try answer(&chat, "boat")
    chat.messages.removeLast()
    let prompt = generator.tokens(of: try chat.promptText(), addSpecialTokens: false)
    #expect(again == (try generator.generate([TokenPrompt(prompt)], settings: chat.settings)).first?.text)
  }

  @Test("What is kept is cut to what both texts begin with, and belongs to one of them")
  func cuts() throws {
    let kept = KeptReading()
    let generator = try TextGenerator(folder: Goldens.url("models/llama-grouped"))
    var settings = GenerationSettings()
    settings.maxNewTokens = 3
    var first = try generator.begin([TokenPrompt([1, 5, 6])], settings: settings, reusing: kept)
    let tokens = try first.finish()[0].tokens
    first.leave()
    #expect(kept.tokens == [1, 5, 6] + tokens.dropLast())
    let state = try #require(kept.take(for: [1, 5, 6, 9, 9]))
    #expect(state.lengths == [tokens[0] == 9 ? 4 : 3])
    #expect(kept.take(for: [1, 5]) == nil)
    // An answer that was handed on writes no more into what the next one goes on with, nor does a copy of it.
    var broken = try generator.begin([TokenPrompt([1, 5, 6])], settings: settings, reusing: kept)
    var copy = broken
    #expect(try broken.next() != nil)
    broken.leave()
    #expect(try broken.next() == nil && copy.next() == nil)
    #expect(kept.tokens == [1, 5, 6])
  }

  @Test("A model without a template says what to do, and so does an unknown name")
  func templates() throws {
    let generator = try TextGenerator(folder: Goldens.url("models/llama-grouped"))
    let none = #expect(throws: GenerationError.self) { try ChatSession(generator, settings: GenerationSettings()) }
    #expect("\(try #require(none))".contains("carries no chat template"))
    let wrong = #expect(throws: GenerationError.self) {
      try ChatSession.template(named: "chatlm", for: generator.tokenizer)
    }
    #expect("\(try #require(wrong))".contains("no chat template “chatlm”; did you mean “chatml”?"))
  }

  @Test("Messages that are none are named")
  func messages() throws {
    func message(_ json: JSONValue) throws -> String {
      "\(try #require(#expect(throws: GenerationError.self) { try ChatMessage.list(json) }))"
    }
    #expect(try message("x").contains("not a string"))
    #expect(try message([["role": "user", "content": "a"], ["role": "user"]]).contains("message 2 needs"))
    let list = try ChatMessage.list(["messages": [["role": "user", "content": "a"]]])
    #expect(list == [ChatMessage("user", "a")])
  }
}
