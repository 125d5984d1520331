import ArgumentParser
import Foundation
import OrchardAlignment
import OrchardGeneration
import OrchardJSON
import OrchardSettings
import OrchardTensors

/// `orchard constitution`: aligning a model by principles.
struct ConstitutionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "constitution",
    abstract: "Make training data by principles instead of by people: critiques, revisions, judged pairs.",
    discussion: """
      The model answers prompts; each answer is criticised by a principle that is drawn, and revised, in several rounds: \
      fine-tune.jsonl. Then it answers anew, and a judge says which of two answers keeps better to a principle, with its \
      probability over both orders: preferences.jsonl. Train on them with orchard train (method: fine-tune, then reward and \
      ppo, or dpo). Critic and judge may be other models or OpenAI-style servers.

      All texts stay in the output folder, stage by stage, with a page; what is there is not done again, so the same \
      command goes on after an interruption.

      Examples:
        orchard constitution --example > constitution.yaml
        orchard constitution constitution.yaml
        orchard constitution constitution.yaml rounds=1 data.limit=10 output=work/try
      """)

  @Argument(help: ArgumentHelp("The recipe.", valueName: "recipe"))
  var recipe: String?

  @Argument(help: ArgumentHelp("Settings that go before the recipe's: rounds=1.", valueName: "key=value"))
  var overrides: [String] = []

  @Flag(help: "Print a recipe with every key, its meaning and its default.")
  var example = false

  @OptionGroup var engine: EngineOptions

  @OptionGroup var precision: WeightOptions

  @OptionGroup var format: OutputOptions

  func validate() throws {
    if recipe == nil, !example { throw ValidationError("the recipe is missing; --example prints one.") }
  }

  func run() throws {
    if example { return try Console.result(ConstitutionRecipe.exampleText) }
    let recipe = try ConstitutionRecipe(recipe: URL(filePath: recipe ?? ""), overrides: overrides)
    let device = try engine.start()
    Interruption.catchSignals()
    var line: (stage: String, line: ProgressLine)?
    let run = try ConstitutionRun(recipe) { place in
      try TextGenerator(folder: try ModelPlace.folder(place), precision.dtype.format, on: device)
    } report: { progress in
      try Interruption.check("what is written stays; the same command goes on")
      guard !progress.stage.isEmpty else { return }
      if line?.stage != progress.stage {
        line?.line.finish()
        Console.note("\(progress.stage): \(progress.total) texts\(progress.done > 0 ? ", \(progress.done) there" : "")")
        line = (progress.stage, ProgressLine(total: progress.total, first: progress.done, unit: "texts"))
      }
      line?.line.update(progress.done)
    }
    let result = try run.run()
    line?.line.finish()
    let pairs = result.preferences(certainty: recipe.certainty) { $0 }.count
    if format.json {
      try Console.result(
        JSONObject([
          ("prompts", .integer(result.prompts.count)), ("rounds", .integer(result.rounds.count)),
          ("judged_pairs", .integer(result.judgements.count)), ("pairs", .integer(pairs)),
          ("folder", .string(recipe.output)),
        ]))
      return
    }
    try Console.result("\(recipe.output)/report.html")
    if recipe.rounds > 0 { Console.note("to fine-tune on: \(recipe.output)/fine-tune.jsonl") }
    if recipe.candidates > 1 { Console.note("\(pairs) pairs to align by: \(recipe.output)/preferences.jsonl") }
  }
}
