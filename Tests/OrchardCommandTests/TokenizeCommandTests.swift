import Foundation
import OrchardCommand
import TestSupport
import Testing

/// `orchard tokenize`, run as a person runs it.
@Suite struct TokenizeCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.write("[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\nhouse\n##s\nstand\n.\n", to: "vocab.txt")
  }

  private func run(_ arguments: String..., input: String = "") throws -> CommandRun {
    try CommandRun(["tokenize", "--model", folder.url.path] + arguments, input: input)
  }

  @Test func tokensStandOneALine() throws {
    let run = try run("The houses.")
    #expect(run.code == 0 && run.complaints.isEmpty)
    #expect(run.output == "2\t[CLS]\n4\tthe\n5\thouse\n6\t##s\n8\t.\n3\t[SEP]\n")
  }

  @Test func jsonIsOneObjectAText() throws {
    let run = try run("--json", "--lines", "--no-special-tokens", input: "the house\n\nstands\n")
    #expect(run.code == 0)
    #expect(
      run.output == """
        {"ids": [4, 5], "tokens": ["the", "house"]}
        {"ids": [], "tokens": []}
        {"ids": [7, 6], "tokens": ["stand", "##s"]}

        """)
  }

  @Test func aFileIsOneTextUnlessLinesAreAskedFor() throws {
    let file = try folder.write("the\r\nhouse\n", to: "text")
    #expect(
      try run("--file", file.path, "--json").output
        == #"{"ids": [2, 4, 5, 3], "tokens": ["[CLS]", "the", "house", "[SEP]"]}"# + "\n")
    #expect(
      try run("--file", file.path, "--lines").output == "2\t[CLS]\n4\tthe\n3\t[SEP]\n\n2\t[CLS]\n5\thouse\n3\t[SEP]\n")
  }

  @Test func numbersAreTurnedBackIntoText() throws {
    #expect(try run("--decode", "2 4,5 6 3").output == "[CLS] the houses [SEP]\n")
    #expect(try run("--decode", "--no-special-tokens", "2 4 5 6 3").output == "the houses\n")
    #expect(try run("--decode", "--json", input: "5").output == "{\"text\": \"house\"}\n")
  }

  @Test func mistakesAreToldWithTheirPlace() throws {
    let wrong = try run("--decode", "--lines", input: "4\n4 x\n")
    #expect(wrong.code == 1 && wrong.output == "the\n")
    #expect(wrong.complaints == "orchard: error: standard input, line 2: “x” is not a token number.\n")
    let large = try run("--decode", "9")
    #expect(large.complaints == "orchard: error: the text: no token has the number 9; they end at 8.\n")
    let missing = try run("--file", "/nowhere/text")
    #expect(missing.code == 1 && missing.complaints.hasPrefix("orchard: error: /nowhere/text cannot be read: "))
    let both = try run("--file", "x", "the")
    #expect(both.code == 64 && both.complaints.hasPrefix("orchard: error: give either TEXT or --file, not both."))
    let bytes = folder.url.appending(path: "bytes")
    try Data([0x61, 0x0A, 0xC3, 0x28]).write(to: bytes)
    #expect(
      try run("--file", bytes.path, "--lines").complaints
        == "orchard: error: \(bytes.path), line 2: the text is not UTF-8; convert it first, with iconv for instance.\n")
  }
}
