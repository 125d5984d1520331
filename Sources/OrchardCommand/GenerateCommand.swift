import ArgumentParser
import Foundation
import OrchardAlignment
import OrchardGeneration
import OrchardJSON
import OrchardTensors

/// `orchard generate`: asks a model.
package struct GenerateCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Ask a model: from a prompt, a file of prompts, or standard input.",
    discussion: """
      The answer is streamed to standard output; why it ended is told on standard error. With --json each prompt \
      gives one line with prompt, text, token_ids (new tokens only), log_probabilities and finish_reason: end-token, \
      stop-string, complete, length, context-full, or time; with --num-return-sequences a line for each text, numbered \
      by index. The same seed gives a prompt the same text whatever stands beside it. --prompt-lookup and \
      --draft-model draft tokens that the model then reads several at once: greedy texts stay the same and come sooner. --best-of draws \
      several answers to each prompt and keeps the one that a reward model (--reward) scores highest.

      Examples:
        orchard generate --model runs/summary --prompt "Hello" --max-new-tokens 50
        orchard generate --model DIR --prompt "" --temperature 0.8 --top-p 0.95 --seed 7
        orchard generate --model DIR --prompts questions.jsonl --num-beams 4 --json
        orchard generate --model DIR --prompts articles.jsonl --template summarise --prompt-lookup 8
        orchard generate --model DIR --adapter short=runs/short --adapter long=runs/long \\
          --prompts mixed.jsonl --use-adapter short
        orchard generate --model DIR --prompts articles.jsonl --best-of 8 --reward runs/reward --max-new-tokens 60
        cat letter.txt | orchard generate --model DIR --template summarise
        orchard generate --model DIR --prompt "A person:" --json-schema person.json --max-new-tokens 200
        orchard generate --template classify --value labels="good, bad" --shots 2 \\
          --examples train.jsonl --prompt "What a day!" --print-prompt
      """)

  @Option(help: ArgumentHelp("The model's folder, or OWNER/NAME on the hub.", valueName: "model"))
  var model: String?

  @OptionGroup(title: "Prompts")
  var source: PromptOptions

  @OptionGroup(title: "Generation")
  var generation: GenerationOptions

  @Option(help: "Prompts answered side by side; the answers do not depend on it.")
  var batchSize = 8

  @Option(help: ArgumentHelp("Answers drawn to each prompt, of which the best one is given.", valueName: "count"))
  var bestOf: Int?

  @Option(
    help: ArgumentHelp("What chooses it: the folder that method: reward has trained.", valueName: "folder"))
  var reward: String?

  @OptionGroup var engine: EngineOptions

  @OptionGroup var precision: WeightOptions

  @OptionGroup var format: OutputOptions

  package init() {}

  package func validate() throws {
    if model == nil, !source.printPrompt {
      throw ValidationError("--model is missing: the folder of the model to ask.")
    }
    if (bestOf == nil) != (reward == nil) {
      throw ValidationError("--best-of and --reward go together: several answers, and what chooses among them.")
    }
    if let bestOf, bestOf < 2 { throw ValidationError("--best-of is \(bestOf); it takes a number from 2.") }
    if batchSize < 1 { throw ValidationError("--batch-size is \(batchSize); it takes a number from 1.") }
  }

  package func run() throws {
    let folder = try model.map(ModelPlace.folder)
    let base = try folder.map { try generation.adapted.places($0).model }
    let configuration = try base.map { try GenerationConfiguration(folder: $0) } ?? GenerationConfiguration()
    var settings = try generation.settings(over: configuration)
    if let bestOf {
      guard settings.returnSequences == 1 else {
        throw ValidationError("--best-of gives one answer to each prompt; leave --num-return-sequences out.")
      }
      (settings.returnSequences, settings.sample) = (bestOf, true)
    }
    let composed = try source.compose(
      model: folder, adapted: generation.adapted, seed: Int(generation.seed.seed))
    let texts = composed.map(\.text)
    guard let folder, !source.printPrompt else { return try printPrompts(texts) }
    // What is wrong with a schema or an expression is told before the model is loaded.
    _ = try settings.grammar()
    let device = try engine.start()
    let generator = try generation.generator(folder, precision.dtype.format, on: device)
    tell(settings, configuration)
    let prompts = try generator.prompts(texts, adapters: composed.map(\.adapter), settings: settings)
    if settings.maxNewTokens == nil, let prompt = prompts.first, prompts.count == 1 {
      Console.note("--max-new-tokens is not given: \(try generator.limit(of: prompt, settings: settings))")
    } else if settings.maxNewTokens == nil {
      Console.note("--max-new-tokens is not given: each answer may have what its model or context allows")
    }
    Interruption.catchSignals()
    if format.json || prompts.count > 1 || settings.returnSequences > 1 {
      let best = try reward.map { folder in
        var source = ModelRewardSettings()
        source.folder = try ModelPlace.folder(folder).path
        return BestAnswer(try RewardSum([RewardSource(source)], on: device))
      }
      try answer(texts, prompts, generator, settings, best: best)
    } else {
      try stream(prompts, generator, settings)
    }
  }

  private func printPrompts(_ texts: [String]) throws {
    for text in texts {
      if format.json {
        try Console.result(JSONObject([("prompt", .string(text))]))
      } else {
        try Console.result(text)
      }
    }
  }

  /// Tells what the model's folder decides, so that no setting works unseen.
  private func tell(_ settings: GenerationSettings, _ configuration: GenerationConfiguration) {
    let unused = configuration.unusedKeys.joined(separator: ", ")
    if !unused.isEmpty { Console.warn("generation_config.json asks for what is not done here: \(unused)") }
    if settings.sample, !generation.draws, bestOf == nil {
      let steps = LogitSteps.kinds.filter { $0.part == .sampling }.compactMap { kind in
        settings[step: kind.name].map { "\(kind.name) \($0)" }
      }
      Console.note(
        "Tokens are drawn, as generation_config.json has it (\(steps.joined(separator: ", "))); "
          + "--greedy takes the likeliest.")
    }
  }

  /// One prompt, its text as it comes.
  private func stream(_ prompts: [TokenPrompt], _ generator: TextGenerator, _ settings: GenerationSettings) throws {
    var decoding = try generator.begin(prompts, settings: settings)
    while let tokens = try decoding.next() {
      let text = tokens.map(\.text).joined()
      if !text.isEmpty { try Console.stream(text) }
      if Interruption.isRequested {
        try Console.stream("\n")
        throw Interrupted("the text so far is above")
      }
    }
    try Console.stream("\n")
    if let sequence = decoding.results[0].first { noteEnd(sequence, decoding.limits[0]) }
  }

  private func noteEnd(_ sequence: GeneratedSequence, _ limit: TokenLimit) {
    let tokens = sequence.tokens.count == 1 ? "1 new token" : "\(sequence.tokens.count) new tokens"
    let isLimit = sequence.finish == .length || sequence.finish == .contextFull
    Console.note(
      "\(tokens), ended by \(sequence.finish.rawValue)" + (isLimit ? ": \(limit)" : "") + Self.said(sequence.drafts))
  }

  /// What is told of drafts: `; 40 of 56 drafted tokens accepted (71 %)`.
  private static func said(_ drafts: DraftCount) -> String {
    guard let rate = drafts.rate else { return "" }
    return "; \(drafts.accepted) of \(drafts.proposed) drafted tokens accepted (\(Int((100 * rate).rounded())) %)"
  }

  /// Several prompts, or lines for a program: batch by batch, in the order of the prompts.
  private func answer(
    _ texts: [String], _ prompts: [TokenPrompt], _ generator: TextGenerator, _ settings: GenerationSettings,
    best: BestAnswer?
  ) throws {
    // Within a window prompts are answered by length, so that rows of a batch need little padding.
    let window = 8 * batchSize
    let progress = ProgressLine(total: prompts.count, unit: "answers")
    var reasons: [FinishReason: Int] = [:]
    var drafts = DraftCount()
    for start in stride(from: 0, to: prompts.count, by: window) {
      let end = min(start + window, prompts.count)
      let answers = try generator.generateAll(Array(prompts[start..<end]), settings: settings, batchSize: batchSize) {
        if prompts.count > 1 { progress.update(start + $0) }
        try Interruption.check("the answers so far are above")
      }
      for (place, sequences) in answers.enumerated() {
        if let best {
          let chosen = try best.choose(among: sequences.map(\.text), to: texts[start + place])
          let prompt = (place: start + place, adapter: prompts[start + place].adapter)
          try show(sequences[chosen.place], 0, of: 1, prompt: prompt, texts, rewards: chosen)
          reasons[sequences[chosen.place].finish, default: 0] += 1
          drafts = sequences.reduce(drafts) { $0 + $1.drafts }
          continue
        }
        for (number, sequence) in sequences.enumerated() {
          let prompt = (place: start + place, adapter: prompts[start + place].adapter)
          try show(sequence, number, of: settings.returnSequences, prompt: prompt, texts)
          reasons[sequence.finish, default: 0] += 1
          drafts = drafts + sequence.drafts
        }
      }
    }
    if prompts.count > 1 { progress.finish() }
    let counts = reasons.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
    Console.note(
      "\(reasons.values.reduce(0, +)) answers, ended by: \(counts.joined(separator: ", "))\(Self.said(drafts))")
  }

  /// One of a prompt's answers, told apart from the others by a line above it, or by its `index`.
  private func show(
    _ sequence: GeneratedSequence, _ number: Int, of count: Int, prompt: (place: Int, adapter: String?),
    _ texts: [String], rewards: (place: Int, scores: [Double])? = nil
  ) throws {
    if format.json {
      let line = Self.json(
        texts[prompt.place], sequence, index: count > 1 ? number : nil, adapter: prompt.adapter, rewards: rewards)
      try Console.result(line.text)
    } else {
      if count > 1 {
        try Console.result("--- \(texts.count > 1 ? "prompt \(prompt.place + 1), " : "")\(number + 1) of \(count) ---")
      }
      try Console.result(sequence.text)
    }
  }

  /// One line of `--json`; `index` tells a prompt's answers apart where it has several, `adapter` is the name of the
  /// adapter that the answer was made with, where it was one of several, `rewards` what all the answers are worth of which
  /// this is the best.
  package static func json(
    _ prompt: String, _ sequence: GeneratedSequence, index: Int? = nil, adapter: String? = nil,
    rewards: (place: Int, scores: [Double])? = nil
  ) -> JSONValue {
    var object = JSONObject([("prompt", .string(prompt))])
    if let adapter { object["adapter"] = .string(adapter) }
    if let index { object["index"] = .integer(index) }
    object["text"] = .string(sequence.text)
    object["token_ids"] = .array(sequence.tokens.map { .integer($0) })
    object["log_probabilities"] = .array(sequence.logProbabilities.map { .number(Double($0)) })
    if !sequence.alternatives.isEmpty {
      object["top_log_probabilities"] = .array(
        sequence.alternatives.map { place in
          .array(
            place.map {
              .object(
                JSONObject([("token_id", .integer($0.token)), ("log_probability", .number(Double($0.logProbability)))]))
            })
        })
    }
    if let rewards {
      object["reward"] = .number(rewards.scores[rewards.place])
      object["rewards"] = .array(rewards.scores.map(JSONValue.number))
    }
    object["finish_reason"] = .string(sequence.finish.rawValue)
    if let rate = sequence.drafts.rate {
      object["drafted_tokens"] = .integer(sequence.drafts.proposed)
      object["accepted_tokens"] = .integer(sequence.drafts.accepted)
      object["acceptance_rate"] = .number(rate)
    }
    return .object(object)
  }
}
