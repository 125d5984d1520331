import Foundation
import OrchardJSON
import TestSupport
import Testing

/// `orchard generate` with answers in a given form.
@Suite struct ConstrainedGenerateTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ words: [String], model: String = "llama-scaled") throws -> CommandRun {
    try CommandRun(
      ["generate", "--model", Goldens.url("models/\(model)").path, "--device", "cpu", "--prompt", "the cat"] + words)
  }

  @Test func anAnswerFollowsAnExpression() throws {
    for words in [["--greedy"], ["--temperature", "9", "--seed", "4"], ["--num-beams", "3"]] {
      let run = try run(
        ["--regex", "(a cat|the moon) is (old|hot), (and so on,? ?){1,3}", "--max-new-tokens", "40"] + words)
      #expect(run.code == 0, "\(run.complaints)")
      #expect(
        run.output.firstMatch(of: /^(a cat|the moon) is (old|hot), (and so on,? ?){1,3}\n$/) != nil, "\(run.output)")
    }
    let run = try run(["--regex", "the moon", "--max-new-tokens", "9", "--json"])
    let line = try JSONValue(parsing: run.output)
    #expect(line["text"]?.string == "the moon")
    #expect(line["finish_reason"]?.string == "complete")
  }

  @Test(
    "What cannot be used is told",
    arguments: [
      (["--regex", "(?=a)b"], 1, "looking ahead (“(?=”) cannot be part of an automaton"),
      (["--regex", "a", "--any-json"], 64, "--regex and --any-json exclude each other"),
      (["--regex", "a", "--stop", "b"], 64, "--stop would cut answers off"),
      (["--json-schema", "missing.json"], 1, "there is no file “missing.json”"),
      (["--json-schema", #"{"type": "string", "minLength": 3, "maxLength": 2}"#], 1, "cannot be satisfied: at #"),
      (["--json-schema", #"{"not": {}}"#], 1, "the keyword “not” is not supported"),
      (["--any-json"], 1, "no text that follows the grammar of JSON objects can be written with this model's tokens"),
      (["--regex", "(the cat ){9}"], 1, "but the answer to prompt 1 may have only 5 new tokens (max-new-tokens)"),
      (["--set", "json-spacing=wide"], 64, "json-spacing"),
    ])
  func refusals(words: [String], code: Int32, message: String) throws {
    let run = try run(words + ["--max-new-tokens", "5"])
    #expect(run.code == code)
    #expect(run.output.isEmpty)
    #expect(run.complaints.contains(message), "\(run.complaints)")
  }

  @Test func aSchemaIsReadFromItsFile() throws {
    let file = try folder.write("{\"enum\": [\"a\"\n}", to: "schema.json")
    let broken = try run(["--json-schema", file.path, "--max-new-tokens", "5"])
    #expect(broken.code == 1)
    #expect(broken.complaints.contains("schema.json, line 2, column 1"))
  }
}
