import ArgumentParser
import Foundation
import OrchardAugmentation
import OrchardDatasets
import OrchardEvaluation
import OrchardGeneration
import OrchardJSON
import OrchardSettings
import OrchardTensors

/// `orchard answer`: a model reasons about questions, and its answers are read and counted.
struct AnswerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answer",
    abstract: "Let a model reason about questions, read its answers and count the right ones.",
    discussion: """
      Each row of --data is put with the template, behind worked examples if any. With --chain-of-thought zero-shot the \
      model first thinks step by step and is then asked for the bare answer; with few-shot, worked examples show how to \
      reason. With --votes, several chains are drawn and the answer of most of them counts. Answers are read by a rule; \
      the accuracy comes with its bootstrap interval. --output keeps prompts, chains, votes and answers as \
      predictions.jsonl, and scores.json.

      Examples:
        orchard answer --model DIR --data test.jsonl --template gsm8k \\
          --chain-of-thought zero-shot --max-new-tokens 128
        orchard answer --model DIR --data test.jsonl --template gsm8k --shots 4 \\
          --examples train.jsonl --chain-of-thought few-shot \\
          --votes 8 --temperature 0.7 --output runs/gsm8k
        orchard answer --model DIR --question "What is 17 + 5?" --answer-rule number
        orchard answer --data test.jsonl --template aqua --limit 1 --print-prompt
      """)

  @Option(help: ArgumentHelp("The model's folder, or OWNER/NAME on the hub.", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("The questions: JSONL, JSON, CSV, TSV.", valueName: "file"))
  var data: String?

  @Option(help: "One question instead of a file of them.")
  var question: String?

  @Option(help: "How many rows to ask about, from the first. (default: all)")
  var limit: Int?

  @Flag(help: "The rows hold no right answers: nothing is counted.")
  var unscored = false

  @Flag(help: "Print the composed prompts and generate nothing; needs no model.")
  var printPrompt = false

  @Option(help: ArgumentHelp("The folder to write predictions.jsonl and scores.json to.", valueName: "folder"))
  var output: String?

  @OptionGroup(title: "Prompts")
  var form: TemplateOptions

  @OptionGroup(title: "Reasoning")
  var reasoning: ReasoningOptions

  @OptionGroup(title: "Generation")
  var generation: GenerationOptions

  @Option(help: "Chains generated side by side; they do not depend on it.")
  var batchSize = 8

  @Option(help: ArgumentHelp("Resamples for the accuracy's interval; 0 for none.", valueName: "count"))
  var bootstrap = 1000

  @OptionGroup var engine: EngineOptions

  @OptionGroup var precision: WeightOptions

  @OptionGroup var format: OutputOptions

  func validate() throws {
    if (data == nil) == (question == nil) { throw ValidationError("name --data or one --question.") }
    if model == nil, !printPrompt { throw ValidationError("--model is missing: the folder of the model to ask.") }
    for (name, value) in [("limit", limit), ("batch-size", batchSize)] {
      if let value, value < 1 { throw ValidationError("--\(name) is \(value); it takes a number from 1.") }
    }
    if !(0...1_000_000).contains(bootstrap) {
      throw ValidationError("--bootstrap is \(bootstrap); it takes a number from 0 to 1000000.")
    }
    try generation.adapted.refuseChoice()
    try generation.refuseSeveralTexts("--votes asks for several chains of thought.")
    if reasoning.votes > 1, generation.greedy {
      throw ValidationError("--votes \(reasoning.votes) needs chains that differ, and --greedy draws none.")
    }
  }

  func run() throws {
    let folder = try model.map(ModelPlace.folder)
    let asked = try QuestionSet(self, model: folder.map { try generation.adapted.templatePlace($0) })
    guard let folder, !printPrompt else {
      for prompt in asked.texts {
        try Console.result(format.json ? JSONValue.object(JSONObject([("prompt", .string(prompt))])).text : prompt)
      }
      return
    }
    let settings = try generation.settings(
      over: GenerationConfiguration(folder: generation.adapted.places(folder).model))
    try ReasonedAnswers.check(asked.prompts, settings)
    let device = try engine.start()
    let generator = try generation.generator(folder, precision.dtype.format, on: device)
    try asked.check(PromptRoom(generator))
    let answers = try answer(asked, by: generator, settings)
    try report(answers, asked, settings)
  }

  /// Asks window by window, and shows each window's answers.
  private func answer(
    _ asked: QuestionSet, by generator: TextGenerator, _ settings: GenerationSettings
  ) throws -> [ReasonedAnswers.Answer] {
    Interruption.catchSignals()
    let window = max(1, 8 * batchSize / reasoning.votes)
    let steps = asked.texts.count * reasoning.votes * (asked.prompts.asksTwice ? 2 : 1)
    let progress = ProgressLine(total: steps, unit: "texts")
    var answers: [ReasonedAnswers.Answer] = []
    var done = 0
    var cut = 0
    for start in stride(from: 0, to: asked.texts.count, by: window) {
      let part = Array(asked.texts[start..<min(start + window, asked.texts.count)])
      var ofPart = 0
      let found = try ReasonedAnswers(
        of: generator, to: part, prompts: asked.prompts, generation: settings, batchSize: batchSize
      ) { count, all in
        ofPart = all
        progress.update(done + count)
        try Interruption.check("the answers so far are above")
      }
      done += ofPart
      cut += found.cutReasonings
      for answer in found.answers {
        if format.json {
          try Console.result(asked.json(answer, number: answers.count))
        } else {
          progress.finish()
          try Console.result(asked.line(answer, number: answers.count))
        }
        answers.append(answer)
      }
    }
    progress.finish()
    if cut > 0 { Console.warn("\(cut) chains of thought were cut at their end: the model's context was full") }
    return answers
  }

  private func report(
    _ answers: [ReasonedAnswers.Answer], _ asked: QuestionSet, _ settings: GenerationSettings
  ) throws {
    let score = try asked.score(answers, bootstrap: bootstrap)
    let unread = answers.count { $0.answer == nil }
    var object = JSONObject([
      ("model", .string(model ?? "")), ("data", .string(data ?? "")),
      ("template", .string(asked.prompts.composer.template.name)),
      ("template_hash", .string(asked.prompts.composer.template.hash)), ("shots", .integer(form.shots)),
      ("reasoning", asked.prompts.settings.resolved), ("answer_rule", .string(asked.prompts.ruleName)),
      ("generation", settings.resolved), ("questions", .integer(answers.count)), ("unread", .integer(unread)),
    ])
    if let score {
      object["accuracy"] = .number(score.value)
      if let interval = score.interval {
        object["low"] = .number(interval.low)
        object["high"] = .number(interval.high)
        object["resamples"] = .integer(bootstrap)
      }
    }
    if let output {
      let folder = URL(filePath: output)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let lines = answers.enumerated().map { JSONValue.object(asked.json($1, number: $0)).text + "\n" }
      try AtomicFile.write(lines.joined(), to: folder.appending(path: "predictions.jsonl"))
      try AtomicFile.write(JSONValue.object(object).prettyText + "\n", to: folder.appending(path: "scores.json"))
    }
    if format.json { return try Console.result(object) }
    let questions = answers.count == 1 ? "1 question" : "\(answers.count) questions"
    var text = questions
    if let score {
      text = "accuracy " + String(format: "%.4f", score.value)
      if let interval = score.interval {
        text += String(format: " [%.4f, %.4f]", interval.low, interval.high)
      }
      text += " over \(questions)"
    }
    try Console.result(text + (unread > 0 ? "; in \(unread) no answer could be read" : ""))
  }
}
