import Foundation
import OrchardJSON
import TestSupport
import Testing

@Suite struct ScoreCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ model: String, _ words: [String]) throws -> CommandRun {
    try CommandRun(["score", "--model", Goldens.url("models/\(model)").path, "--device", "cpu"] + words)
  }

  private func lines(_ run: CommandRun) throws -> [JSONValue] {
    try run.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
  }

  @Test(arguments: ["llama-grouped", "t5-v1_1"]) func pairsAreScored(model: String) throws {
    let file = try folder.write(
      """
      {"context": "the cat sat", "continuation": " on the hill"}
      {"prompt": "ann", "completion": " bob"}

      """, to: "pairs.jsonl")
    let run = try run(model, ["--pairs", file.path, "--json"])
    #expect(run.code == 0, "\(run.complaints)")
    let found = try lines(run)
    #expect(found.count == 3)
    for line in found.dropLast() {
      let values = try #require(line["log_probabilities"]?.array).compactMap(\.double)
      #expect(line["tokens"]?.int == values.count)
      #expect(abs((line["log_likelihood"]?.double ?? 0) - values.reduce(0, +)) < 1e-5)
    }
    #expect(found[2]["pairs"]?.int == 2)
    let sum = found.dropLast().reduce(0) { $0 + ($1["log_likelihood"]?.double ?? 0) }
    #expect(abs((found[2]["log_likelihood"]?.double ?? 0) - sum) < 1e-6)
    let people = try self.run(model, ["--pairs", file.path])
    #expect(people.output.contains("2 continuations, log-likelihood"))
  }

  @Test func choicesGiveAnAccuracy() throws {
    let file = try folder.write(
      """
      {"context": "the cat sat", "choices": ["on the hill", "rain"], "answer": 1}
      {"context": "the cat sat", "choices": [" on the hill", " rain"], "answer": " rain"}
      {"context": "the cat sat ", "choices": ["on the hill", "rain"], "answer": "0"}

      """, to: "questions.jsonl")
    let run = try run("llama-grouped", ["--pairs", file.path, "--json"])
    #expect(run.code == 0, "\(run.complaints)")
    let found = try lines(run)
    #expect(found.count == 4)
    // However the space is written, the question is the same.
    for line in found[1...2] {
      for (a, b) in zip(line["choices"]?.array ?? [], found[0]["choices"]?.array ?? []) {
        #expect(abs((a["log_likelihood"]?.double ?? 0) - (b["log_likelihood"]?.double ?? 1)) < 1e-5)
      }
      #expect(line["prediction"] == found[0]["prediction"])
    }
    let rights = found.dropLast().count { $0["correct"]?.bool == true }
    #expect(rights == 1 || rights == 2)
    #expect(abs((found[3]["acc"]?.double ?? 0) - Double(rights) / 3) < 1e-9)
    #expect(found[3]["acc_norm"]?.double != nil)
    let words = try self.run("llama-grouped", ["--pairs", file.path])
    #expect(words.output.contains("3 questions: acc 0."))
  }

  @Test func textsHaveAPerplexity() throws {
    let text = try folder.write(String(repeating: "the cat sat on the hill\n", count: 20), to: "text.txt")
    let run = try run("llama-grouped", ["--text", text.path, "--json", "--window", "16", "--stride", "4"])
    #expect(run.code == 0, "\(run.complaints)")
    let found = try lines(run)
    #expect(found.count == 1)
    #expect(found[0]["window"]?.int == 16)
    #expect(found[0]["stride"]?.int == 4)
    #expect(found[0]["words"]?.int == 121)
    #expect(found[0]["bytes"]?.int == 480)
    #expect(found[0]["token_perplexity"]?.double ?? 0 > 1)
    let rows = try folder.write("{\"text\": \"the cat\"}\n{\"text\": \"ann ; bob\"}\n", to: "texts.jsonl")
    let two = try lines(try self.run("llama-grouped", ["--text", rows.path, "--json"]))
    #expect(two.count == 3)
    #expect(two[2]["text"]?.string == "all")
    let people = try self.run("llama-grouped", ["--text", text.path])
    #expect(people.output.contains("perplexity for each word"))
  }

  @Test func aContextThatIsCutIsTold() throws {
    let long = String(repeating: "the cat ", count: 60)
    let file = try folder.write(#"{"context": "\#(long)", "continuation": " sat"}"# + "\n", to: "long.jsonl")
    let run = try run("llama-grouped", ["--pairs", file.path])
    #expect(run.code == 0)
    #expect(run.complaints.contains("1 of 1 contexts were cut at their beginning: the model's context holds 64 tokens"))
  }

  @Test(arguments: [
    ([], "name --pairs or --text"),
    (["--pairs", "a", "--text", "b"], "name --pairs or --text"),
    (["--pairs", "a", "--window", "4"], "--window and --stride are for --text"),
    (["--text", "a", "--window", "4", "--stride", "5"], "--stride is 5, but the window holds 4 tokens"),
    (["--text", "a", "--batch-size", "0"], "--batch-size is 0"),
    (["--text", "a", "--separator", " "], "--separator is for --pairs"),
  ])
  func wrongUsageIsSixtyFour(words: [String], message: String) throws {
    let run = try run("llama-grouped", words)
    #expect(run.code == 64)
    #expect(run.complaints.contains(message), "\(run.complaints)")
  }

  @Test(arguments: [
    (#"{"context": "a", "continuaton": "b"}"#, "line 1: there is no field “continuation”; did you mean “continuaton”?"),
    (#"{"context": "a", "choices": "b"}"#, "line 1: “choices” should be a list of two texts or more"),
    (#"{"context": "a", "choices": ["b", "c"], "answer": 2}"#, "“answer” is 2; it should be one of the choices"),
    (#"{"context": "a", "choices": ["b", "c"], "answer": "d"}"#, "or its place from 0 to 1"),
  ])
  func wrongRowsAreNamed(row: String, message: String) throws {
    let file = try folder.write(row + "\n", to: "rows.jsonl")
    let run = try run("llama-grouped", ["--pairs", file.path])
    #expect(run.code == 1)
    #expect(run.complaints.contains(message), "\(run.complaints)")
  }

  @Test func wrongTextsAreNamed() throws {
    let empty = try folder.write("", to: "empty.txt")
    #expect(try run("llama-grouped", ["--text", empty.path]).complaints.contains("empty.txt: is empty"))
    let missing = try run("llama-grouped", ["--text", "no-such.txt"])
    #expect(missing.code == 1)
    #expect(missing.complaints.contains("no-such.txt: the file does not exist"))
    let text = try folder.write("the cat", to: "text.txt")
    let window = try run("llama-grouped", ["--text", text.path, "--window", "100"])
    #expect(window.complaints.contains("a window of 100 tokens is longer than the model's context of 64"))
    #expect(try run("t5-v1_0", ["--text", text.path]).complaints.contains("an encoder–decoder"))
  }
}
