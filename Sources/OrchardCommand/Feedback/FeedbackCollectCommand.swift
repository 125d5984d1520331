import ArgumentParser
import Foundation
import OrchardDatasets
import OrchardFeedback
import OrchardGeneration
import OrchardJSON
import OrchardSettings

/// `orchard feedback collect`: a model's answers for people to judge.
struct FeedbackCollectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collect",
    abstract: "Have a model answer prompts several times, for people to judge.",
    discussion: """
      Prompts that are in the file already are left out, so an interrupted collection goes on with the same command, and \
      another model's answers belong in another file. Answers are drawn, from the model's own distribution unless \
      options shape it; those that came out alike are kept once.

      Examples:
        orchard feedback collect feedback.sqlite --model runs/summary --prompts dialogues.jsonl --completions 4
        orchard feedback collect feedback.sqlite --model DIR --prompts prompts.jsonl --completions 3 \\
          --criterion brevity --instruction "Prefer the answer with the fewest words that says it all."
      """)

  @OptionGroup var place: FeedbackPlace

  @Option(help: ArgumentHelp("The model's folder, or OWNER/NAME on the hub.", valueName: "model"))
  var model: String

  @Option(help: "Answers to each prompt.")
  var completions = 4

  @Option(help: "How many prompts to take, from the first. (default: all)")
  var limit: Int?

  @OptionGroup(title: "Prompts")
  var source: PromptOptions

  @OptionGroup(title: "Questions")
  var questions: QuestionOptions

  @OptionGroup(title: "Generation")
  var generation: GenerationOptions

  @Option(help: "Prompts answered side by side; the answers do not depend on it.")
  var batchSize = 8

  @OptionGroup var engine: EngineOptions

  @OptionGroup var precision: WeightOptions

  func validate() throws {
    if source.prompts == nil { throw ValidationError("--prompts is missing: the file with the prompts.") }
    for (name, value) in [("completions", completions), ("limit", limit ?? 1), ("batch-size", batchSize)]
    where value < 1 {
      throw ValidationError("--\(name) is \(value); it takes a number from 1.")
    }
    if completions > 1, generation.greedy {
      throw ValidationError("--greedy gives one answer, and --completions is \(completions); leave one of them out.")
    }
    if generation.numReturnSequences != nil {
      throw ValidationError("--num-return-sequences is --completions here.")
    }
    if source.printPrompt { throw ValidationError("--print-prompt is for orchard generate.") }
  }

  func run() throws {
    let folder = try ModelPlace.folder(model)
    let store = try FeedbackStore(place.url, creates: true)
    try questions.ask(in: store)
    let base = try generation.adapted.places(folder).model
    var settings = try generation.settings(over: try GenerationConfiguration(folder: base))
    if completions > 1, settings.beams == 1 { settings.sample = true }
    settings.returnSequences = completions
    let rows = try source.rows()
    let composed = try source.compose(model: folder, adapted: generation.adapted, seed: Int(generation.seed.seed))
    let known = try store.prompts()
    var seen: Set<String> = []
    let wanted = composed.indices.prefix(limit ?? .max).filter {
      !known.contains(composed[$0].text) && seen.insert(composed[$0].text).inserted
    }
    if wanted.count < min(limit ?? .max, composed.count) {
      Console.note("\(min(limit ?? .max, composed.count) - wanted.count) prompts are there already, and left out")
    }
    guard !wanted.isEmpty else { return Console.note("nothing to do") }
    let generator = try generation.generator(folder, precision.dtype.format, on: try engine.start())
    let prompts = try generator.prompts(
      wanted.map { composed[$0].text }, adapters: wanted.map { composed[$0].adapter }, settings: settings)
    Interruption.catchSignals()
    let origin = JSONValue.object(JSONObject([("model", .string(model)), ("settings", settings.resolved)]))
    let progress = ProgressLine(total: prompts.count, unit: "prompts")
    for start in stride(from: 0, to: prompts.count, by: batchSize) {
      let end = min(start + batchSize, prompts.count)
      let answers = try generator.generateAll(Array(prompts[start..<end]), settings: settings, batchSize: batchSize) {
        _ in
        try Interruption.check("\(start) prompts are kept; the same command goes on")
      }
      for (offset, sequences) in answers.enumerated() {
        let place = wanted[start + offset]
        var texts: [String] = []
        for sequence in sequences where !texts.contains(sequence.text) { texts.append(sequence.text) }
        try store.add(
          prompt: composed[place].text, fields: rows[place].fields,
          answers: texts.map { FeedbackItem.Answer(text: $0, origin: origin) })
      }
      progress.update(end)
    }
    progress.finish()
    Console.note(
      "\(prompts.count) prompts with their answers are in \(place.file); show them by orchard feedback serve")
  }
}
