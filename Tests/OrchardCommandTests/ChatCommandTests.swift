import Foundation
import TestSupport
import Testing

@Suite struct ChatCommandTests {
  private func run(_ words: [String], input: String, environment: [String: String] = [:]) throws -> CommandRun {
    let model = Goldens.url("models/llama-grouped").path
    return try CommandRun(
      ["chat", "--model", model, "--device", "cpu", "--max-new-tokens", "4"] + words, input: input,
      environment: environment)
  }

  @Test func eachLineOfAScriptIsAnswered() throws {
    let run = try run(["--template", "plain"], input: "the cat\n\n/not a command\n")
    #expect(run.code == 0)
    #expect(run.output.split(separator: "\n", omittingEmptySubsequences: false).count == 3)
  }

  @Test func aModelWithoutATemplateSaysWhatToDo() throws {
    let run = try run([], input: "the cat\n")
    #expect(run.code == 1)
    #expect(run.complaints.contains("carries no chat template"))
    #expect(run.complaints.contains("chatml, llama2"))
  }

  @Test func whatAChatCannotShowIsRefused() throws {
    for words in [["--num-return-sequences", "2"], ["--top-logprobs", "3"]] {
      let run = try run(["--template", "plain", "--sample"] + words, input: "the cat\n")
      #expect(run.code == 64)
      #expect(run.complaints.contains("\(words[0]) is for orchard generate. A chat has one answer."))
    }
  }

  @Test func aDraftModelIsTakenIntoTheChat() throws {
    let other = try run(
      ["--template", "plain", "--draft-model", Goldens.url("models/llama-scaled").path], input: "the cat\n")
    #expect(other.code == 1)
    #expect(other.output.isEmpty)
    let same = try run(
      ["--template", "plain", "--draft-model", Goldens.url("models/llama-grouped").path], input: "the cat\n")
    #expect(same.code == 0)
    #expect(same.output == (try run(["--template", "plain"], input: "the cat\n")).output)
  }

  @Test func aTemplateFromAFileMayRefuse() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("{{ raise_exception('Not today.') }}", to: "no.jinja")
    let refused = try run(["--template", file.path], input: "the cat\n")
    #expect(refused.code == 1)
    #expect(refused.complaints.contains("the model's chat template refuses these messages: Not today."))
    let wrong = try run(["--template", "chatmll"], input: "the cat\n")
    #expect(wrong.complaints.contains("did you mean “chatml”?"))
  }
}
