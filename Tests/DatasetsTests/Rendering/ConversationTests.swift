import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardTokenizers
import TestSupport
import Testing

@Suite struct ConversationTests {
  private static let folder = Goldens.url("conversations")

  private func renderer(
    _ part: SupervisedPart, shape: SequenceShape = .decoderOnly, most: Int = 400, _ overLong: OverLong = .truncate
  ) throws -> Renderer {
    let tokenizer = try Tokenizer(folder: Self.folder)
    var settings = RenderingSettings()
    settings.supervise = part
    settings.maximumTokens = most
    settings.overLong = overLong
    return try Renderer(
      tokenizer: tokenizer, shape: shape, settings: settings, chat: try tokenizer.readChatTemplate())
  }

  private let composer = PromptComposer(
    PromptTemplate(name: "none", prompt: "{{p}}", completion: "{{c}}"), messages: "messages")

  private static func cases() throws -> [JSONValue] {
    let data = try #require(FileManager.default.contents(atPath: folder.appending(path: "cases.json").path))
    return try #require(try JSONValue(parsing: data).array)
  }

  private func row(_ messages: JSONValue) -> DataRow {
    DataRow(fields: JSONObject([("messages", messages)]), file: "chats.jsonl", line: 7)
  }

  private func render(_ renderer: Renderer, _ messages: JSONValue) throws -> [RenderedExample] {
    try renderer.render(row(messages), number: 0, composer: composer)
  }

  @Test func everyAnswerIsMaskedAsTransformersDoes() throws {
    let renderer = try renderer(.turns)
    for golden in try Self.cases() {
      let example = try #require(try render(renderer, golden["messages"] ?? .null).first)
      #expect(example.target.map(Int.init) == golden["ids"]?.array?.compactMap(\.int))
      let learned = Set(example.spans.joined())
      let mask = example.target.indices.map { learned.contains($0) ? 1 : 0 }
      #expect(mask == golden["assistant"]?.array?.compactMap(\.int))
      #expect(example.endIsSupervised)
      let batch = SequenceBatch([0], of: [example], paddingID: 0)
      #expect(batch.supervised == mask.map { $0 == 1 })
      #expect(batch.supervisedCount == mask.reduce(0, +))
    }
  }

  @Test func theLastAnswerAloneOrAllCanBeLearned() throws {
    let tokenizer = try Tokenizer(folder: Self.folder)
    let messages = try Self.cases()[1]["messages"] ?? .null
    let last = try #require(try render(renderer(.completion), messages).first)
    #expect(last.earlier.isEmpty)
    let text = tokenizer.decode(last.target[last.supervised].map(Int.init), skipSpecialTokens: false)
    #expect(text == "The end.<|stop|>")
    let all = try #require(try render(renderer(.all), messages).first)
    #expect(all.supervised == 1..<all.target.count)
    let short = try #require(try render(renderer(.turns, most: last.target.count - 4), messages).first)
    #expect(short.target.count == last.target.count - 4)
    #expect(short.completionIsTruncated)
    #expect(try render(renderer(.turns, most: 20, .drop), messages).isEmpty)
    #expect(throws: DataError.self) { try render(renderer(.turns, most: 20, .refuse), messages) }
  }

  @Test func shareGPTIsTheSame() throws {
    let golden = try Self.cases()[1]
    let other = golden["messages"]?.array?.map { message -> JSONValue in
      let roles = ["user": "human", "assistant": "gpt", "system": "system"]
      return ["from": .string(roles[message["role"]?.string ?? ""] ?? ""), "value": message["content"] ?? .null]
    }
    let renderer = try renderer(.turns)
    let asked: JSONValue = ["from": "human", "value": "One more?"]
    // A question that nobody answers is left out.
    let found = try render(renderer, .array((other ?? []) + [asked]))
    #expect(found == (try render(renderer, golden["messages"] ?? .null)))
  }

  @Test func anEncoderReadsAllButTheLastAnswer() throws {
    let tokenizer = try Tokenizer(folder: Self.folder)
    let renderer = try renderer(.completion, shape: .encoderDecoder)
    let example = try #require(try render(renderer, try Self.cases()[0]["messages"] ?? .null).first)
    func text(_ ids: [Int32]) -> String { tokenizer.decode(ids.map(Int.init), skipSpecialTokens: false) }
    #expect(text(example.target) == "Nine is fine.<|stop|>")
    #expect(text(example.source).hasPrefix("<|start|>user\nShall we meet at nine?<|stop|>\n<|start|>assistant\n"))
    let wanted = try renderer.reference(row(try Self.cases()[1]["messages"] ?? .null), composer: composer)
    #expect(wanted == "The end.")
  }

  @Test func whatIsWrongIsToldWithTheLine() throws {
    let renderer = try renderer(.turns)
    func problem(_ messages: JSONValue, _ renderer: Renderer) throws -> String {
      let error = #expect(throws: DataError.self) { try render(renderer, messages) }
      return try #require(error).description
    }
    let question: JSONValue = ["role": "user", "content": "Why?"]
    #expect(try problem(.array([question]), renderer).hasPrefix("chats.jsonl, line 7: nobody answers"))
    #expect(try problem("text", renderer).contains("a list of messages is needed"))
    #expect(try problem(.array([["content": "a"]]), renderer).contains("does not say who speaks"))
    #expect(try problem(.array([["role": "user"]]), renderer).contains("“messages.0” has no text"))
    let bare = try Renderer(tokenizer: try Tokenizer(folder: Self.folder), shape: .decoderOnly)
    #expect(try problem(.array([question, ["role": "assistant", "content": "b"]]), bare).contains("no chat template"))
    let rewriting = try Renderer(
      tokenizer: try Tokenizer(folder: Self.folder), shape: .decoderOnly,
      chat: try ChatTemplate("{{ messages | length }}{% for m in messages %}{{ m.content }}{% endfor %}"))
    let answer: JSONValue = ["role": "assistant", "content": "b"]
    #expect(
      try problem(.array([question, answer, question, answer]), rewriting).contains("rewrites what was said before"))
  }

  @Test func anEndThatIsNotWrittenIsNotLearned() throws {
    let renderer = try Renderer(
      tokenizer: try Tokenizer(folder: Self.folder), shape: .decoderOnly,
      chat: try ChatTemplate(
        "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: "
          + "{% endif %}"))
    let messages = try Self.cases()[0]["messages"] ?? .null
    #expect(try render(renderer, messages)[0].endIsSupervised == false)
  }
}
