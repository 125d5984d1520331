import Foundation
import OrchardJSON
import TestSupport
import Testing

/// `orchard tokenizer train`, run as a person runs it.
@Suite struct TokenizerTrainCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.write("the red house\n\nthe old house\na red boat, an old boat\n", to: "text.txt")
    _ = try folder.write(
      """
      {"dialogue": "Ann: the red house\\nBob: the old boat", "summary": "Ann sees a house.", "id": 1}
      {"dialogue": "Bob: the red boat\\nAnn: an old house", "summary": "Bob sees a boat.", "id": 2}

      """, to: "rows.jsonl")
  }

  private func train(_ arguments: String...) throws -> CommandRun {
    try CommandRun(["tokenizer", "train"] + arguments, in: folder.url)
  }

  private func tokens(_ text: String) throws -> [String] {
    let run = try CommandRun(
      ["tokenize", "--model", folder.url.appending(path: "out").path, "--json", text], in: folder.url)
    return try #require(try JSONValue(parsing: run.output)["tokens"]?.array).compactMap(\.string)
  }

  @Test func whatItWritesIsAModelFolderForTokenize() throws {
    let run = try train("--files", "text.txt", "--kind", "unigram", "--vocabulary-size", "22", "--output", "out")
    #expect(run.code == 0, "\(run.complaints)")
    #expect(run.output.hasPrefix("out: 22 tokens, "))
    #expect(run.complaints.contains("12 words, 8 of them different"))
    #expect(try tokens("the red house").last == "</s>")
    let settings = try JSONValue(
      parsing: Data(contentsOf: folder.url.appending(path: "out/tokenizer_config.json")))
    #expect(settings["eos_token"] == "</s>" && settings["pad_token"] == "<pad>")
  }

  @Test(arguments: ["unigram", "bpe", "bpe-byte-fallback"]) func theSameFilesGiveTheSameBytes(_ kind: String) throws {
    var files: [Data] = []
    for name in ["one", "two"] {
      let run = try train(
        "--files", "text.txt", "rows.jsonl", "--fields", "dialogue,summary", "--kind", kind, "--vocabulary-size", "320",
        "--sentinels", "5", "--output", name, "--json")
      #expect(run.code == 0, "\(run.complaints)")
      let result = try JSONValue(parsing: run.output)
      #expect(result["folder"]?.string == name && result["kind"]?.string == kind)
      files.append(try Data(contentsOf: folder.url.appending(path: "\(name)/tokenizer.json")))
    }
    #expect(files[0] == files[1])
  }

  @Test func optionsReachTheVocabulary() throws {
    let run = try train(
      "--files", "rows.jsonl", "--fields", "summary", "--kind", "unigram", "--vocabulary-size", "25", "--output", "out",
      "--lowercase", "--special-tokens", "<turn>, <end>", "--longest-piece", "2", "--sentinels", "1",
      "--character-coverage", "1")
    #expect(run.code == 0, "\(run.complaints)")
    #expect(try tokens("<turn>ANN<extra_id_0>") == tokens("<turn>ann<extra_id_0>"))
    #expect(try tokens("<turn>x<extra_id_0>").first == "<turn>")
    #expect(try tokens("sees a house").allSatisfy { $0.count <= 2 || $0.hasPrefix("<") })
  }

  @Test func lessTextThanTheSizeNeedsIsAWarning() throws {
    let run = try train("--files", "text.txt", "--kind", "unigram", "--vocabulary-size", "5000", "--output", "out")
    #expect(run.code == 0)
    #expect(run.complaints.contains("of 5000 tokens; more text would give more."))
  }

  @Test func mistakesAreToldWithTheirPlace() throws {
    let small = try train("--files", "text.txt", "--kind", "unigram", "--vocabulary-size", "9", "--output", "out")
    #expect(small.code == 1 && small.output.isEmpty)
    #expect(small.complaints.contains("orchard: error: A vocabulary of 9 tokens is too small"))
    #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "out").path))
    let missing = try train("--files", "none.txt", "--kind", "bpe", "--vocabulary-size", "300", "--output", "out")
    #expect(missing.code == 1 && missing.complaints.contains("none.txt: the file does not exist"))
    let field = try train(
      "--files", "rows.jsonl", "--fields", "dialog", "--kind", "bpe", "--vocabulary-size", "300", "--output", "out")
    #expect(field.code == 1 && field.complaints.contains("rows.jsonl, line 1: there is no field “dialog”"))
    let kind = try train("--files", "text.txt", "--kind", "words", "--vocabulary-size", "300", "--output", "out")
    #expect(kind.code == 64 && kind.complaints.contains("unigram"))
    let size = try train("--files", "text.txt", "--kind", "bpe", "--vocabulary-size", "0", "--output", "out")
    #expect(size.code == 64 && size.complaints.contains("--vocabulary-size is 0"))
    try Data([0x61, 0x0A, 0xC3, 0x28, 0x0A]).write(to: folder.url.appending(path: "bytes.txt"))
    let bytes = try train("--files", "bytes.txt", "--kind", "bpe", "--vocabulary-size", "300", "--output", "out")
    #expect(bytes.code == 1 && bytes.complaints.contains("bytes.txt, line 2: not UTF-8"))
    _ = try folder.write("in the way", to: "taken")
    let taken = try train("--files", "text.txt", "--kind", "bpe", "--vocabulary-size", "300", "--output", "taken")
    #expect(taken.code == 1 && taken.complaints.contains("cannot be written into"))
  }
}
