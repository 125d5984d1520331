import Foundation
import OrchardJSON
import TestSupport
import Testing

@Suite struct AnswerCommandTests {
  let folder: TemporaryFolder
  let questions: URL
  let examples: URL

  init() throws {
    folder = try TemporaryFolder()
    questions = try folder.write(
      """
      {"question": "the cat ?", "answer": "a"}
      {"question": "ann ?", "answer": "b"}
      {"question": "rain ?", "answer": "c"}

      """, to: "questions.jsonl")
    examples = try folder.write(
      """
      {"question": "a", "rationale": "b a.", "answer": "a"}
      {"question": "b", "rationale": "b b.", "answer": "b"}

      """, to: "examples.jsonl")
  }

  private func run(_ words: String..., model: String? = "llama-scaled") throws -> CommandRun {
    let place = model.map { ["--model", Goldens.url("models/\($0)").path, "--device", "cpu"] } ?? []
    return try CommandRun(["answer"] + place + words)
  }

  private func lines(_ run: CommandRun) throws -> [JSONValue] {
    try run.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
  }

  @Test func answersAreReadAndCounted() throws {
    let output = folder.url.appending(path: "out")
    let run = try run(
      "--data", questions.path, "--chain-of-thought", "zero-shot", "--answer-rule", "regex:[a-z]",
      "--max-new-tokens", "5", "--answer-tokens", "3", "--json", "--output", output.path)
    #expect(run.code == 0, "\(run.complaints)")
    let found = try lines(run)
    #expect(found.count == 4)
    for line in found.dropLast() {
      #expect(line["prompt"]?.string?.hasSuffix("\nA: Let's think step by step.") == true)
      #expect(line["chains"]?.array?.count == 1)
      #expect(line["chains"]?.array?[0]["answer_text"]?.string != nil)
      #expect(line["correct"]?.bool == (line["answer"]?.string == line["reference"]?.string))
    }
    let rights = found.dropLast().count { $0["correct"]?.bool == true }
    let scores = try JSONValue(parsing: Data(contentsOf: output.appending(path: "scores.json")))
    #expect(scores == found[3])
    #expect(abs((scores["accuracy"]?.double ?? -1) - Double(rights) / 3) < 1e-9)
    #expect(scores["low"]?.double ?? 2 <= scores["high"]?.double ?? -1)
    #expect(scores["reasoning"]?["chain-of-thought"]?.string == "zero-shot")
    let kept = try String(contentsOf: output.appending(path: "predictions.jsonl"), encoding: .utf8)
    #expect(
      kept.split(separator: "\n").map(String.init) == run.output.split(separator: "\n").dropLast().map(String.init))
  }

  @Test func votesAreShown() throws {
    let words = ["--data", questions.path, "--votes", "5", "--sample", "--answer-rule", "regex:[a-z]"]
    let place = ["answer", "--model", Goldens.url("models/llama-scaled").path, "--max-new-tokens", "4"]
    let first = try CommandRun(place + words + ["--seed", "3"])
    #expect(first.code == 0, "\(first.complaints)")
    #expect(first.output.contains(" of 5 votes"))
    #expect(first.output.contains("over 3 questions"))
    #expect(try CommandRun(place + words + ["--seed", "3", "--batch-size", "2"]).output == first.output)
  }

  @Test func promptsArePrintedWithoutAModel() throws {
    let run = try run(
      "--data", questions.path, "--template", "reasoning", "--chain-of-thought", "few-shot", "--shots", "2",
      "--examples", examples.path, "--choose", "rows", "--example-rows", "1,0", "--limit", "1", "--print-prompt",
      model: nil)
    #expect(run.code == 0, "\(run.complaints)")
    #expect(
      run.output == """
        Q: b
        A: b b. The answer is b.

        Q: a
        A: b a. The answer is a.

        Q: the cat ?
        A:

        """)
  }

  @Test func similarExamplesAreFoundByAnEncoder() throws {
    let encoder = Goldens.url("encoders/sentence").path
    let run = try run(
      "--data", questions.path, "--shots", "1", "--examples", questions.path, "--choose", "similar",
      "--example-model", encoder, "--print-prompt", "--json", model: nil)
    #expect(run.code == 0, "\(run.complaints)")
    let prompts = try lines(run).compactMap { $0["prompt"]?.string }
    #expect(prompts.count == 3)
    // Each has one example, and never itself.
    for (prompt, own) in zip(prompts, ["the cat ?", "ann ?", "rain ?"]) {
      #expect(prompt.components(separatedBy: "Q: ").count == 3)
      #expect(prompt.components(separatedBy: own).count == 2)
    }
    let wrong = try self.run(
      "--data", questions.path, "--shots", "1", "--examples", questions.path, "--choose", "similar",
      "--example-model", "no-such-encoder", "--print-prompt", model: nil)
    #expect(wrong.code == 1)
    #expect(wrong.complaints.contains("no-such-encoder"))
  }

  @Test func oneQuestionNeedsNoFile() throws {
    let run = try run("--question", "the cat ?", "--max-new-tokens", "3", "--json")
    #expect(run.code == 0, "\(run.complaints)")
    let found = try lines(run)
    #expect(found.count == 2)
    #expect(found[0]["prompt"]?.string == "Q: the cat ?\nA:")
    #expect(found[1]["accuracy"] == nil)
  }

  @Test func aSetWithoutAnswersIsNotCounted() throws {
    let bare = try folder.write("{\"question\": \"the cat ?\"}\n", to: "bare.jsonl")
    let refused = try run("--data", bare.path, "--max-new-tokens", "3")
    #expect(refused.code == 1)
    #expect(refused.complaints.contains("bare.jsonl, line 1: there is no field “answer”"))
    #expect(refused.complaints.contains("--unscored answers them without counting"))
    let answered = try run("--data", bare.path, "--max-new-tokens", "3", "--unscored")
    #expect(answered.code == 0)
    #expect(answered.output.contains("1 question"))
  }

  @Test(arguments: [
    ([], "name --data or one --question."),
    (["--question", "a", "--answer-rule", "numbr"], "did you mean “number”?"),
    (["--question", "a", "--votes", "3", "--greedy"], "--votes 3 needs chains that differ"),
    (["--question", "a", "--votes", "0"], "--votes is 0"),
    (["--question", "a", "--trigger", "So"], "--trigger and --extraction belong to --chain-of-thought zero-shot"),
    (["--question", "a", "--choose", "similar"], "--choose similar and --example-model go together"),
    (["--question", "a", "--choose", "rows"], "--choose rows and --example-rows go together"),
    (["--question", "a", "--chain-of-thought", "some"], "The value 'some' is invalid for '--chain-of-thought"),
  ])
  func wrongUsageIsSixtyFour(words: [String], message: String) throws {
    let run = try CommandRun(["answer", "--model", Goldens.url("models/llama-scaled").path] + words)
    #expect(run.code == 64)
    #expect(run.complaints.contains(message), "\(run.complaints)")
  }

  @Test func whatIsWrongIsToldBeforeTheModelIsLoaded() throws {
    let greedy = try run("--question", "a", "--votes", "3", "--max-new-tokens", "3")
    #expect(greedy.code == 1)
    #expect(greedy.complaints.contains("3 votes without chance would all be the same"))
    let none = try run("--question", "a", "--chain-of-thought", "few-shot")
    #expect(none.complaints.contains("few-shot chain of thought needs worked examples"))
    let bare = try run(
      "--data", questions.path, "--chain-of-thought", "few-shot", "--shots", "1", "--examples", examples.path)
    #expect(bare.complaints.contains("line 1: the worked example holds no reasoning, only the answer “a”"))
    let template = try run("--question", "a", "--template", "gsm8")
    #expect(template.complaints.contains("did you mean “gsm8k”?"))
  }

  @Test func anOverrunIsToldInNumbers() throws {
    let long = try folder.write(
      #"{"question": "\#(String(repeating: "the cat ", count: 40))", "answer": "a"}"# + "\n", to: "long.jsonl")
    let run = try run("--data", long.path, "--max-new-tokens", "3")
    #expect(run.code == 1)
    #expect(run.complaints.contains("line 1: the prompt has "))
    #expect(run.complaints.contains("but the model's context holds 64; shorten the question"))
  }
}
