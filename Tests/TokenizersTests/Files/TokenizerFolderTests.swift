import Foundation
import OrchardJSON
import OrchardTokenizers
import TestSupport
import Testing

/// Tokenizers read from folders and written to them.
@Suite struct TokenizerFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func message(_ url: URL) -> String {
    do {
      _ = try Tokenizer(folder: url)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: ["llama", "bert-uncased", "roberta", "character-map"])
  func whatIsSavedReadsBackAlike(_ name: String) throws {
    let pipelines = try GoldenPipelines()
    let json = try pipelines.document(name)
    let tokenizer = try Tokenizer(json: json, configuration: ["eos_token": "</s>", "chat_template": "x"])
    let place = folder.url.appending(path: "deep/er")
    try tokenizer.save(to: place)
    let again = try Tokenizer(folder: place)
    #expect(again.json == json)
    #expect(again.endID == 1 && again.chatTemplate == "x")
    for number in 0..<50 {
      let text = pipelines.texts.text(number, special: [])
      #expect(again.encode(text) == tokenizer.encode(text))
    }
  }

  @Test func theTemplateAndTheMapAreReadFromTheirOwnFiles() throws {
    _ = try folder.write(GoldenPipelines().document("llama").text, to: "tokenizer.json")
    _ = try folder.write("{{ messages }}", to: "chat_template.jinja")
    _ = try folder.write(#"{"eos_token": {"content": "[SEP]"}}"#, to: "special_tokens_map.json")
    let tokenizer = try Tokenizer(folder: folder.url)
    #expect(tokenizer.chatTemplate == "{{ messages }}")
    #expect(tokenizer.endID == tokenizer.id(for: "[SEP]"))
    try tokenizer.save(to: folder.url.appending(path: "copy"))
    let copy = try Tokenizer(folder: folder.url.appending(path: "copy"))
    #expect(copy.chatTemplate == "{{ messages }}" && copy.endID == tokenizer.endID)
  }

  @Test func vocabularyAndMergesMakeAByteLevelTokenizer() throws {
    _ = try folder.write(#"{"a": 0, "b": 1, "Ġ": 2, "ab": 3, "Ġab": 4, "<|endoftext|>": 5}"#, to: "vocab.json")
    _ = try folder.write("#version: 0.2\r\na b\r\nĠ ab\r\n", to: "merges.txt")
    let tokenizer = try Tokenizer(folder: folder.url)
    #expect(tokenizer.encode("ab ab<|endoftext|>").tokens == ["ab", "Ġab", "<|endoftext|>"])
    #expect(tokenizer.decode([3, 4, 5]) == "ab ab")
    #expect(tokenizer.endID == 5)
  }

  @Test(arguments: [(nil, [2, 4, 5, 3]), (false, [2, 1, 5, 3])] as [(Bool?, [Int])])
  func wordPiecesAreLoweredUnlessTheConfigurationSaysOtherwise(_ lowers: Bool?, _ ids: [Int]) throws {
    _ = try folder.write("[PAD]\n[UNK]\n[CLS]\n[SEP]\nhouse\nstands\n##s  \n", to: "vocab.txt")
    if let lowers { _ = try folder.write(#"{"do_lower_case": \#(lowers)}"#, to: "tokenizer_config.json") }
    let tokenizer = try Tokenizer(folder: folder.url)
    #expect(tokenizer.encodeIDs("House stands") == ids)
    #expect(tokenizer.encode("houses", pair: "stands").typeIDs == [0, 0, 0, 0, 1, 1])
    #expect(tokenizer.decode([2, 4, 6, 5, 3]) == "houses stands")
    #expect(tokenizer.vocabularySize == 7)
  }

  @Test func whatIsMissingOrBrokenIsNamed() throws {
    #expect(message(folder.url.appending(path: "no")) == "There is no folder \(folder.url.appending(path: "no").path).")
    #expect(message(folder.url).contains("holds no tokenizer: neither tokenizer.json nor tokenizer.model"))
    _ = try folder.write("{\"model\":\n  {,}}", to: "tokenizer.json")
    #expect(message(folder.url).hasPrefix("\(folder.url.path)/tokenizer.json, line 2, column 4: "))
    try FileManager.default.removeItem(at: folder.url.appending(path: "tokenizer.json"))
    try Data([0x61, 0xFF]).write(to: folder.url.appending(path: "vocab.txt"))
    #expect(message(folder.url) == "\(folder.url.path)/vocab.txt is not UTF-8.")
    _ = try folder.write("a\nb\n", to: "vocab.txt")
    #expect(message(folder.url).hasPrefix("vocab.txt has no token [UNK]"))
  }

  @Test func aFolderThatCannotBeWrittenIsNamed() throws {
    let file = try folder.write("", to: "file")
    let tokenizer = try GoldenPipelines().tokenizer("llama")
    #expect {
      try tokenizer.save(to: file.appending(path: "sub"))
    } throws: { "\($0)".hasPrefix("The tokenizer cannot be written into \(file.path)/sub: ") }
  }
}
