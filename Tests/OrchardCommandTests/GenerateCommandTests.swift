import Foundation
import OrchardJSON
import TestSupport
import Testing

@Suite struct GenerateCommandTests {
  static let stories = SharedData.url("weights/stories260K")
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ name: String?, _ words: [String], input: String = "") throws -> CommandRun {
    let model = name.map { ["--model", Goldens.url("models/\($0)").path] } ?? []
    return try CommandRun(["generate"] + model + ["--device", "cpu"] + words, input: input)
  }

  private func lines(_ run: CommandRun) throws -> [JSONObject] {
    try run.output.split(separator: "\n").map { try #require(JSONValue(parsing: String($0)).object) }
  }

  @Test(.enabled(if: stories != nil)) func storiesAreToldByteForByte() throws {
    let folder = try #require(Self.stories)
    let expected = try String(contentsOf: folder.appending(path: "expected_greedy.txt"), encoding: .utf8)
    let words = ["generate", "--model", folder.path, "--prompt", "", "--max-new-tokens", "200", "--greedy"]
    let streamed = try CommandRun(words)
    #expect(streamed.code == 0)
    #expect(streamed.output == expected + "\n")
    #expect(streamed.complaints.contains("200 new tokens, ended by length: 200 new tokens (max-new-tokens)"))

    let line = try #require(try lines(CommandRun(words + ["--json"])).first)
    #expect(line["text"]?.string == expected)
    #expect(line["token_ids"]?.array?.count == 200)
  }

  @Test(
    "A line of JSON holds what it should",
    arguments: ["t5-v1_0", "t5-v1_1", "mt5", "llama-grouped", "llama-scaled"])
  func json(name: String) throws {
    let run = try run(name, ["--prompt", "the cat sat", "--max-new-tokens", "6", "--json"])
    #expect(run.code == 0)
    let lines = try lines(run)
    #expect(lines.count == 1)
    #expect(lines[0].keys == ["prompt", "text", "token_ids", "log_probabilities", "finish_reason"])
    #expect(lines[0]["prompt"]?.string == "the cat sat")
    let tokens = try #require(lines[0]["token_ids"]?.array)
    #expect((1...6).contains(tokens.count))
    let logs = try #require(lines[0]["log_probabilities"]?.array).compactMap(\.double)
    #expect(logs.count == tokens.count)
    #expect(logs.allSatisfy { $0 <= 0 })
    #expect(lines[0]["finish_reason"]?.string == (tokens.count == 6 ? "length" : "end-token"))
  }

  @Test func aFileAnswersAsItsLinesDoAlone() throws {
    let texts = ["the cat", "a bird sang in the old tree", "", "we ate bread", "rain"]
    let file = try folder.write(
      texts.map { JSONValue.object(JSONObject([("prompt", .string($0))])).text + "\n" }.joined(), to: "prompts.jsonl")
    let common = ["--max-new-tokens", "9", "--temperature", "1.2", "--seed", "5", "--json"]
    let together = try run("llama-scaled", ["--prompts", file.path] + common)
    #expect(together.code == 0)
    #expect(try lines(together).compactMap { $0["prompt"]?.string } == texts)
    let narrow = try run("llama-scaled", ["--prompts", file.path, "--batch-size", "1"] + common)
    #expect(try lines(narrow).map { $0["text"] } == lines(together).map { $0["text"] })
    for (text, line) in zip(texts, try lines(together)) {
      let alone = try lines(run("llama-scaled", ["--prompt", text] + common))[0]
      #expect(alone["token_ids"] == line["token_ids"])
    }
    let other = try run("llama-scaled", ["--prompts", file.path] + common.map { $0 == "5" ? "6" : $0 })
    #expect(try lines(other).map { $0["text"] } != lines(together).map { $0["text"] })
  }

  @Test func standardInputIsThePrompt() throws {
    let piped = try run("llama-grouped", ["--max-new-tokens", "5", "--json"], input: "the cat sat\n")
    let given = try run("llama-grouped", ["--prompt", "the cat sat", "--max-new-tokens", "5", "--json"])
    #expect(piped.code == 0)
    #expect(piped.output == given.output)
  }

  @Test func waysOfChoosingDiffer() throws {
    var texts: Set<String> = []
    for words in [
      ["--greedy"], ["--sample"], ["--temperature", "3"], ["--num-beams", "4"], ["--repetition-penalty", "8"],
      ["--set", "sample=true", "--set", "temperature=9", "--seed", "3"],
      ["--penalty-alpha", "0.9", "--top-k", "6"], ["--guidance-scale", "4", "--negative-prompt", "a bird sang"],
    ] {
      let run = try run("llama-scaled", ["--prompt", "the cat sat", "--max-new-tokens", "12"] + words)
      #expect(run.code == 0, "\(run.complaints)")
      texts.insert(run.output)
    }
    #expect(texts.count == 8)
  }

  @Test func everyOptionOfDecodingDoesSomething() throws {
    let common = ["--prompt", "the cat sat", "--max-new-tokens", "12"]
    let greedy = try run("llama-scaled", common).output
    let beams = try run("llama-scaled", common + ["--num-beams", "4"]).output
    let sampled = try run("llama-scaled", common + ["--sample"]).output
    let first = greedy.split(separator: " ").first.map(String.init) ?? greedy
    for words in [
      ["--presence-penalty", "2"], ["--frequency-penalty", "-2"], ["--no-repeat-ngram-size", "1"],
      ["--logit-bias", "the=50"], ["--logit-bias", "40=50"], ["--bad-words", first],
      ["--set", "suppress-tokens=[\(try tokens(common)[0])]"],
    ] {
      let run = try run("llama-scaled", common + words)
      #expect(run.code == 0, "\(run.complaints)")
      #expect(run.output != greedy, "\(words)")
    }
    for words in [["--num-beam-groups", "4", "--diversity-penalty", "9"], ["--force-words", "rain"], ["--sample"]] {
      let run = try run("llama-scaled", common + ["--num-beams", "4"] + words)
      #expect(run.code == 0, "\(run.complaints)")
      #expect(run.output != beams, "\(words)")
    }
    #expect(try run("llama-scaled", common + ["--typical-p", "0.05"]).output != sampled)
  }

  private func tokens(_ words: [String]) throws -> [Int] {
    let line = try #require(try lines(run("llama-scaled", words + ["--json"])).first)
    return line["token_ids"]?.array?.compactMap(\.int) ?? []
  }

  @Test func wordsAreForcedAndForbidden() throws {
    let common = ["--prompt", "the cat sat", "--max-new-tokens", "14"]
    for name in ["t5-v1_0", "llama-scaled"] {
      let forced = try run(name, common + ["--num-beams", "4", "--force-words", "the dog", "--force-words", "rain"])
      #expect(forced.output.contains("the dog") && forced.output.contains("rain"), "\(forced.output)")
      let either = try run(name, common + ["--num-beams", "3", "--set", "force-words=[[rain, bread]]"])
      #expect(either.output.contains("rain") || either.output.contains("bread"), "\(either.output)")
      let word = try run(name, common + ["--logit-bias", "the=30"])
      #expect(word.output.contains("the"), "\(word.output)")
      let without = try run(name, common + ["--logit-bias", "the=30", "--bad-words", "the"])
      #expect(!without.output.split(whereSeparator: \.isWhitespace).contains("the"), "\(without.output)")
    }
  }

  @Test func severalTextsAreToldApart() throws {
    let common = ["--max-new-tokens", "6", "--num-return-sequences", "3"]
    let drawn = try run("llama-scaled", ["--prompt", "the cat", "--sample"] + common)
    #expect(drawn.code == 0, "\(drawn.complaints)")
    let marks = drawn.output.split(separator: "\n").filter { $0.hasPrefix("---") }
    #expect(marks == ["--- 1 of 3 ---", "--- 2 of 3 ---", "--- 3 of 3 ---"])
    #expect(drawn.complaints.contains("3 answers, ended by"))
    let file = try folder.write("{\"prompt\": \"the cat\"}\n{\"prompt\": \"ann\"}\n", to: "prompts.jsonl")
    let beams = try run("t5-v1_0", ["--prompts", file.path, "--num-beams", "3", "--json"] + common)
    let lines = try lines(beams)
    #expect(lines.map { $0["index"]?.int } == [0, 1, 2, 0, 1, 2])
    #expect(lines.map { $0["prompt"]?.string } == ["the cat", "the cat", "the cat", "ann", "ann", "ann"])
    #expect(Set(lines[..<3].map { $0["token_ids"]?.text }).count == 3)
  }

  /// What the folder switches on is no contradiction of the command line.
  @Test func optionsMayBuildOnTheFoldersOwn() throws {
    let model = folder.url.appending(path: "model")
    try FileManager.default.copyItem(at: Goldens.url("models/llama-scaled"), to: model)
    try Data(#"{"num_beams": 3, "num_return_sequences": 1}"#.utf8).write(
      to: model.appending(path: "generation_config.json"))
    let words = ["generate", "--model", model.path, "--prompt", "ann", "--max-new-tokens", "3"]
    #expect(try CommandRun(words + ["--num-return-sequences", "2"]).code == 0)
    #expect(try CommandRun(words + ["--num-return-sequences", "2", "--greedy"]).code == 64)
  }

  @Test func draftsChangeTheTimeAndNotTheText() throws {
    let common = ["--prompt", "the cat sat", "--max-new-tokens", "30"]
    let plain = try run("llama-scaled", common)
    let model = Goldens.url("models/llama-scaled").path
    for words in [["--prompt-lookup", "4"], ["--draft-model", model]] {
      let drafted = try run("llama-scaled", common + words)
      #expect(drafted.code == 0, "\(drafted.complaints)")
      #expect(drafted.output == plain.output)
      #expect(drafted.complaints.contains(" drafted tokens accepted ("))
      let line = try lines(run("llama-scaled", common + words + ["--json"]))[0]
      let (proposed, accepted) = (try #require(line["drafted_tokens"]?.int), try #require(line["accepted_tokens"]?.int))
      #expect(line["acceptance_rate"]?.double == Double(accepted) / Double(proposed))
    }
    #expect(!plain.complaints.contains("drafted"))
    let other = try run("llama-scaled", common + ["--draft-model", Goldens.url("models/t5-v1_0").path])
    #expect(other.code == 1)
    #expect(other.complaints.contains("the draft model"), "\(other.complaints)")
  }

  @Test func theLikeliestTokensAreToldInJSON() throws {
    let words = ["--prompt", "the cat sat", "--max-new-tokens", "5", "--json", "--top-logprobs", "2"]
    let line = try lines(run("llama-scaled", words))[0]
    let places = try #require(line["top_log_probabilities"]?.array)
    let tokens = try #require(line["token_ids"]?.array)
    let logs = try #require(line["log_probabilities"]?.array)
    #expect(places.count == tokens.count)
    for (place, (token, log)) in zip(places, zip(tokens, logs)) {
      let first = try #require(place.array?.first?.object)
      #expect(place.array?.count == 2)
      #expect(first["token_id"] == token)
      #expect(abs((first["log_probability"]?.double ?? 0) - (log.double ?? 1)) < 1e-4)
    }
  }

  @Test func anAnswerThatHasTakenItsTimeEnds() throws {
    let words = ["--prompt", "the cat sat", "--max-new-tokens", "30", "--max-time", "0.000001", "--json"]
    let line = try lines(run("llama-scaled", words))[0]
    #expect(line["finish_reason"]?.string == "time")
    #expect(line["token_ids"]?.array?.count == 1)
  }

  @Test func filtersThatLeaveOneTokenAreGreedy() throws {
    let greedy = try run("llama-scaled", ["--prompt", "the", "--max-new-tokens", "12", "--greedy"]).output
    for words in [["--top-k", "1"], ["--top-p", "0"], ["--min-p", "1"], ["--temperature", "0.001"]] {
      #expect(try run("llama-scaled", ["--prompt", "the", "--max-new-tokens", "12"] + words).output == greedy)
    }
  }

  @Test func aMissingLimitIsDerivedAndTold() throws {
    let run = try run("llama-grouped", ["--prompt", "the cat"])
    #expect(run.code == 0)
    #expect(run.complaints.contains("--max-new-tokens is not given: "))
    #expect(run.complaints.contains("(context of 64 tokens − prompt of "))
    let unbound = try self.run("t5-v1_0", ["--prompt", "the cat"])
    #expect(unbound.code == 1)
    #expect(unbound.complaints.contains("give max-new-tokens"))
  }

  @Test func aPromptBeyondTheContextIsRefusedWithTheNumbers() throws {
    let long = String(repeating: "the cat sat on the mat ", count: 30)
    let run = try run("llama-grouped", ["--prompt", long, "--max-new-tokens", "5"])
    #expect(run.code == 1)
    #expect(run.output.isEmpty)
    #expect(run.complaints.contains("tokens, but the model's context holds 64"))
  }

  @Test func theComposedPromptIsPrinted() throws {
    let file = try folder.write(
      """
      {"text": "Lovely weather", "label": "positive"}
      {"text": "It broke at once", "label": "negative"}
      {"text": "Fine", "label": "positive"}

      """, to: "examples.jsonl")
    let words = ["--template", "classify", "--examples", file.path, "--prompt", "What a day!", "--print-prompt"]
    let few = try run(nil, words + ["--shots", "2"])
    #expect(few.code == 0)
    #expect(
      few.output == """
        Classify the following text as one of: positive, negative.

        Text: Lovely weather
        Label: positive

        Text: It broke at once
        Label: negative

        Text: What a day!
        Label:

        """)
    let one = try run(nil, words + ["--shots", "1", "--value", "labels=good, bad", "--json"])
    let prompt = try #require(try lines(one)[0]["prompt"]?.string)
    #expect(prompt.hasPrefix("Classify the following text as one of: good, bad."))
    #expect(prompt.components(separatedBy: "Text:").count == 3)
    let zero = try run(nil, ["--template", "classify", "--prompt", "What a day!", "--print-prompt"])
    #expect(zero.output.components(separatedBy: "Text:").count == 2)
    let many = try run(nil, words + ["--shots", "9"])
    #expect(many.code == 1)
    #expect(many.complaints.contains("9 worked examples were asked for, but there are only 3"))
  }

  @Test func aTemplateOfYourOwnFillsItsPlaceholdersFromRows() throws {
    let template = try folder.write("prompt: 'Q: {{question}} A:'\ncompletion: '{{answer}}'\n", to: "mine.yaml")
    let rows = try folder.write("q\nthe cat ?\nann ?\n", to: "rows.csv")
    let words = ["--template", template.path, "--prompts", rows.path, "--column", "question=q", "--json"]
    let run = try run("llama-scaled", words + ["--max-new-tokens", "3"])
    #expect(run.code == 0, "\(run.complaints)")
    #expect(try lines(run).map { $0["prompt"]?.string } == ["Q: the cat ? A:", "Q: ann ? A:"])
  }

  @Test func aModelIsAskedAsItWasTaught() throws {
    let model = folder.url.appending(path: "model")
    try FileManager.default.copyItem(at: Goldens.url("models/llama-scaled"), to: model)
    let template = #"{"name": "mine", "prompt": "Q {{question}} A", "completion": "{{answer}}"}"#
    try Data(template.utf8).write(to: model.appending(path: "prompt_template.json"))
    func ask(_ words: String...) throws -> CommandRun {
      try CommandRun(["generate", "--model", model.path, "--prompt", "ann", "--max-new-tokens", "3", "--json"] + words)
    }
    let own = try ask()
    #expect(try lines(own)[0]["prompt"]?.string == "Q ann A")
    #expect(own.complaints.contains("as the model has learned it (template “mine”)"))
    #expect(try lines(ask("--raw"))[0]["prompt"]?.string == "ann")
    let other = try ask("--template", "answer")
    #expect(other.code == 1)
    #expect(other.complaints.contains("was trained with the template “mine”"))
    #expect(try ask("--template", "answer", "--force-template").code == 0)
  }

  @Test func whatTheFolderAsksForIsTold() throws {
    let model = folder.url.appending(path: "model")
    try FileManager.default.copyItem(at: Goldens.url("models/llama-scaled"), to: model)
    let configuration = #"{"do_sample": true, "temperature": 0.6, "token_healing": true}"#
    try Data(configuration.utf8).write(to: model.appending(path: "generation_config.json"))
    let words = ["generate", "--model", model.path, "--prompt", "ann", "--max-new-tokens", "3"]
    let run = try CommandRun(words)
    #expect(run.complaints.contains("token_healing = true"))
    #expect(run.complaints.contains("Tokens are drawn, as generation_config.json has it (temperature 0.6)"))
    #expect(!(try CommandRun(words + ["--greedy"]).complaints.contains("Tokens are drawn")))
  }

  @Test(arguments: [
    (["--prompt", "a", "--prompts", "b"], "--prompt and --prompts exclude each other."),
    (["--prompt", "a", "--greedy", "--top-k", "3"], "--greedy takes the likeliest token, and --top-k shapes a draw"),
    (["--prompt", "a", "--num-beams", "3", "--top-p", "0.5"], "--num-beams searches, and --top-p shapes a draw"),
    (["--prompt", "a", "--length-penalty", "2"], "--length-penalty is for beam search; give --num-beams"),
    (["--prompt", "a", "--num-beams", "3", "--greedy"], "--num-beams searches, and --greedy does not"),
    (["--prompt", "a", "--logit-bias", "rain"], "--logit-bias rain is no word=number"),
    (["--prompt", "a", "--num-return-sequences", "3"], "greedy decoding finds one text"),
    (["--prompt", "a", "--num-beams", "4", "--num-beam-groups", "2"], "num-beam-groups needs diversity-penalty"),
    (["--prompt", "a", "--force-words", "b"], "force-words are found by beam search; set num-beams"),
    (["--prompt", "a", "--min-new-tokens", "9", "--max-new-tokens", "8"], "more than max-new-tokens (8)"),
    (["--prompt", "a", "--top-p", "1.5"], "top-p is “1.5”, where a number from 0 to 1 is expected"),
    (["--prompt", "a", "--max-new-tokens", "0"], "max-new-tokens is “0”"),
    (["--prompt", "a", "--set", "tempreature=1"], "did you mean “temperature”?"),
    (["--prompt", "a", "--shots", "2"], "--shots 2 needs --examples"),
    (["--prompt", "a", "--early-stopping", "maybe"], "The value 'maybe' is invalid for '--early-stopping"),
    (["--prompt", "a", "--batch-size", "0"], "--batch-size is 0"),
    (["--prompt", "a", "--draft-model", "d", "--num-beams", "2"], "--draft-model does not go with --num-beams"),
    (["--prompt", "a", "--draft-model", "d", "--prompt-lookup", "2"], "does not go with --prompt-lookup"),
    (["--prompt", "a", "--negative-prompt", "b"], "negative-prompt has no effect without guidance"),
    (["--prompt", "a", "--penalty-alpha", "0.6"], "set top-k to 2 or more"),
    (["--prompt", "a", "--penalty-alpha", "0.6", "--top-k", "4", "--sample"], "penalty-alpha does not draw"),
    (["--prompt", "a", "--max-time", "0"], "max-time is “0.0”"),
    (["--prompt", "a", "--best-of", "4"], "--best-of and --reward go together"),
    (["--prompt", "a", "--best-of", "1", "--reward", "r"], "--best-of is 1"),
    (["--prompt", "a", "--top-logprobs", "3", "--num-beams", "2"], "top-logprobs is not told by beam search"),
  ])
  func wrongUsageIsSixtyFour(words: [String], message: String) throws {
    let run = try run("llama-grouped", words)
    #expect(run.code == 64)
    #expect(run.output.isEmpty)
    #expect(run.complaints.contains(message), "\(run.complaints)")
  }

  @Test func theBestOfSeveralAnswersIsTheOneWithTheHighestReward() throws {
    _ = try folder.write(
      #"{"prompt": "the cat", "chosen": "sat", "rejected": "no no"}"# + "\n"
        + #"{"prompt": "a dog", "chosen": "ran", "rejected": "so no"}"# + "\n", to: "pairs.jsonl")
    let model = Goldens.url("models/llama-grouped").path
    let recipe = try folder.write(
      "output: reward\nmethod: reward\nmodel: {folder: \(model)}\ndata: {files: pairs.jsonl}\n"
        + "rendering: {maximum-tokens: 32}\nlength: {steps: 2}\n", to: "reward.yaml")
    let trained = try CommandRun(["train", recipe.path, "--device", "cpu"], in: folder.url)
    #expect(trained.code == 0, "\(trained.complaints)")
    let reward = folder.url.appending(path: "reward").path
    let words = ["--max-new-tokens", "6", "--seed", "3"]
    let prompts = [
      "--prompts", try folder.write("{\"prompt\": \"the\"}\n{\"prompt\": \"rain\"}\n", to: "p.jsonl").path,
    ]
    let best = try run("llama-grouped", prompts + words + ["--best-of", "5", "--reward", reward, "--json"])
    #expect(best.code == 0, "\(best.complaints)")
    let drawn = try lines(
      run("llama-grouped", prompts + words + ["--num-return-sequences", "5", "--sample", "--json"]))
    for (number, line) in try lines(best).enumerated() {
      let rewards = try #require(line["rewards"]?.array).compactMap(\.double)
      #expect(rewards.count == 5 && Set(rewards).count > 1 && line["reward"]?.double == rewards.max())
      let place = try #require(rewards.indices.max { rewards[$0] < rewards[$1] })
      #expect(line["text"] == drawn[5 * number + place]["text"])
    }
  }

  @Test func badInputIsToldWithItsPlace() throws {
    let missing = try run("no-such-model", ["--prompt", "a"])
    #expect(missing.code == 1)
    #expect(missing.complaints.contains("no-such-model"))
    let file = try folder.write("{\"prompt\": \"a\"}\n{\"promt\": \"b\"}\n", to: "prompts.jsonl")
    let field = try run("llama-grouped", ["--prompts", file.path, "--max-new-tokens", "2"])
    #expect(field.code == 1)
    #expect(field.complaints.contains("prompts.jsonl, line 2: there is no field “prompt”; did you mean “promt”?"))
    let template = try run("llama-grouped", ["--prompt", "a", "--template", "sumarise", "--max-new-tokens", "2"])
    #expect(template.code == 1)
    #expect(template.complaints.contains("did you mean “summarise”?"))
    #expect(try run(nil, ["--prompt", "a"]).code == 64)
  }
}
