import Foundation
import OrchardAugmentation
import OrchardDatasets
import OrchardJSON
import OrchardSettings
import TestSupport
import Testing

private func row(_ fields: (String, JSONValue)..., line: Int = 1) -> DataRow {
  DataRow(fields: JSONObject(fields), file: "data.jsonl", line: line)
}

private func prompts(
  _ template: String, _ kind: ChainOfThought, shots: Int = 0, change: (inout ReasoningSettings) -> Void = { _ in }
) throws -> ReasoningPrompts {
  var settings = ReasoningSettings()
  settings.chainOfThought = kind
  change(&settings)
  return try ReasoningPrompts(settings, composer: PromptComposer(PromptTemplates.find(template)), shots: shots)
}

@Suite struct ReasoningPromptsTests {
  /// Every prompt of every set, by digest: the published form comes from `augmentation_goldens.py`.
  @Test(.enabled(if: SharedData.url("datasets/zero_shot_cot") != nil))
  func promptsAreThoseOfThePublishedExperiments() throws {
    let sets = try AugmentationGoldens.all("sets")
    #expect(sets.count == 11)
    for set in sets {
      let path = try #require(set["path"]?.string)
      let rows = try Dataset(file: try #require(SharedData.url("datasets/" + path))).rows()
      #expect(rows.count == set["rows"]?.int, "\(path)")
      let template = try #require(set["template"]?.string)
      let rule = path.contains("coin_flip") ? "yes-no" : path.contains("last_letters") ? "letters" : nil
      func composed(_ kind: ChainOfThought) throws -> [String] {
        let asking = try prompts(template, kind) { $0.answerRule = rule }
        return try rows.map { try asking.prompt($0, examples: []) }
      }
      func digest(_ texts: [String]) -> JSONValue { .string(SHA256.hex(of: texts.joined(separator: "\u{1E}"))) }
      let reasoning = try composed(.zeroShot)
      #expect(digest(try composed(.direct)) == set["direct"], "\(path)")
      #expect(digest(reasoning) == set["reasoning"], "\(path)")
      let asking = try prompts(template, .zeroShot) { $0.answerRule = rule }
      let second = reasoning.map { asking.answerPrompt($0, reasoning: " Some reasoning.\nIn two lines.") }
      #expect(digest(second) == set["extraction"], "\(path)")
      #expect(digest(try rows.map { try asking.composer.answer($0) }) == set["answers"], "\(path)")
      // What counts as right is read from the row as the model's answers are.
      for row in rows { #expect(try asking.rule.isSame(asking.rightAnswer(row), asking.composer.answer(row))) }
    }
  }

  /// The 27 published prompts, taken apart into worked examples and composed again.
  @Test(.enabled(if: SharedData.url("datasets/bbh/cot-prompts") != nil))
  func bigBenchHardsPromptsAreComposedAsPublished() throws {
    let folder = try #require(SharedData.url("datasets/bbh/cot-prompts"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }
    #expect(names.count == 27)
    for name in names {
      let file = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      let published = file.components(separatedBy: "-----\n").dropFirst().joined(separator: "-----\n")
      var template = try PromptTemplates.find("big-bench-hard")
      // One of the files has a space where the others break the line.
      if name == "sports_understanding.txt" { template.answerSeparator = " " }
      let parts = published.components(separatedBy: "\n\nQ: ")
      template.values["task"] = parts[0]
      let opening = "\nA: Let's think step by step." + template.answerSeparator
      let examples = try parts.dropFirst().map { part in
        let question = try #require(part.range(of: opening))
        let closing = try #require(part.range(of: " So the answer is ", options: .backwards))
        return row(
          ("input", .string(String(part[..<question.lowerBound]))),
          ("rationale", .string(String(part[question.upperBound..<closing.lowerBound]))),
          ("target", .string(String(part[closing.upperBound...].dropLast()))))
      }
      #expect(examples.count == 3)
      var settings = ReasoningSettings()
      settings.chainOfThought = .fewShot
      let prompts = try ReasoningPrompts(settings, composer: PromptComposer(template), shots: 3)
      let asked = try prompts.prompt(row(("input", "What now?")), examples: examples)
      #expect(asked == published + "\n\nQ: What now?\nA: Let's think step by step.", "\(name)")
      #expect(prompts.read(" One thing. So the answer is (B).") == "(B)")
      // The row of the task file is asked in the same form.
      let task = name.replacing(".txt", with: ".json")
      let rows = try Dataset(file: try #require(SharedData.url("datasets/bbh/bbh/\(task)"))).rows()
      #expect(rows.count > 100)
      #expect(try prompts.prompt(rows[0], examples: examples).hasPrefix(published + "\n\nQ: "))
    }
  }

  @Test func workedExamplesReasonAsInThePaper() throws {
    let prompts = try prompts("reasoning", .fewShot, shots: 2)
    let examples = [
      row(("question", " Two and two? "), ("rationale", "2 + 2 = 4."), ("answer", "4")),
      row(("question", "Three and one?"), ("rationale", "3 + 1 = 4."), ("answer", 4)),
    ]
    #expect(
      try prompts.prompt(row(("question", "Five and six?")), examples: examples) == """
        Q: Two and two?
        A: 2 + 2 = 4. The answer is 4.

        Q: Three and one?
        A: 3 + 1 = 4. The answer is 4.

        Q: Five and six?
        A:
        """)
    #expect(prompts.composer.nextExample == "\n\nQ:")
  }

  @Test func gsm8ksSolutionsAreRationales() throws {
    let prompts = try prompts("gsm8k", .fewShot, shots: 1)
    let example = row(
      ("question", "How much?"), ("answer", "She has 2+3=<<2+3=5>>5.\nTwice that is 2*5=<<2*5=10>>10.\n#### 10"))
    let text = try prompts.prompt(example, examples: [example])
    #expect(text.hasPrefix("Q: How much?\nA: She has 2+3=5.\nTwice that is 2*5=10. The answer is 10.\n\nQ:"))
    #expect(try prompts.rightAnswer(example) == "10")
    #expect(prompts.ruleName == "number")
  }

  @Test func triggersAndRequestsCanBeYourOwn() throws {
    let prompts = try prompts("question", .zeroShot) {
      $0.trigger = "First,"
      $0.extraction = "In short:"
      $0.answerRule = "yes-no"
    }
    let first = try prompts.prompt(row(("question", "So?")), examples: [])
    #expect(first == "Q: So?\nA: First,")
    #expect(prompts.answerPrompt(first, reasoning: " why not.") == "Q: So?\nA: First, why not. \nIn short:")
    #expect(prompts.read(" No, it is not. Yes?") == "no")
  }

  @Test func fewShotReasoningNeedsReasonsAndExamples() throws {
    let none = #expect(throws: AugmentationError.self) { try prompts("reasoning", .fewShot) }
    #expect(none?.description.hasPrefix("few-shot chain of thought needs worked examples") == true)
    let bare = try prompts("question", .fewShot, shots: 1)
    let example = row(("question", "q"), ("answer", "4"), line: 3)
    let error = #expect(throws: AugmentationError.self) { try bare.prompt(example, examples: [example]) }
    #expect(
      error?.description.hasPrefix("data.jsonl, line 3: the worked example holds no reasoning, only the answer “4”")
        == true)
    let lacking = try prompts("reasoning", .fewShot, shots: 1)
    let missing = #expect(throws: DataError.self) { try lacking.prompt(example, examples: [example]) }
    #expect(missing?.description.contains("there is no field “rationale”") == true)
  }

  @Test func settingsNameTheirMistakes() throws {
    let error = #expect(throws: SettingsError.self) { try ReasoningSettings(yaml: "answer-rule: numbr\nvotes: 0") }
    #expect(error?.description.contains("votes is “0”") == true)
    let rule = #expect(throws: SettingsError.self) { try ReasoningSettings(yaml: "answer-rule: numbr") }
    #expect(rule?.description.contains("did you mean “number”?") == true)
    #expect(try ReasoningSettings(yaml: "chain-of-thought: zero-shot").chainOfThought == .zeroShot)
  }
}
