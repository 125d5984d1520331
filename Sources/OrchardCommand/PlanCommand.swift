import ArgumentParser
import Foundation
import OrchardAdapters
import OrchardAlignment
import OrchardJSON
import OrchardReports
import OrchardSettings
import OrchardTensors
import OrchardTraining

/// `orchard plan`: what a recipe takes before it is run.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Tell what a recipe takes before it is run: memory, speed, hours, and what would fit.",
    discussion: """
      The model is loaded, a few rows of the run's widest batch are measured, and real steps are taken for ten \
      seconds; nothing is written. Beside full tuning stands what LoRA, QLoRA and a soft prompt would take, measured \
      with the weights frozen that they freeze (QLoRA: made from LoRA's figures). Where the model itself does not \
      fit, only what follows from its shapes is told. The exit code is 0 also where the run does not fit.

      Examples:
        orchard plan recipe.yaml
        orchard plan recipe.yaml batches.size=32 --seconds 20
        orchard plan recipe.yaml --json
      """)

  @OptionGroup var source: RecipeArguments

  @Option(help: "Seconds for which real steps are taken; 0 for none.")
  var seconds = 10.0

  @Option(help: "The rank of LoRA's matrices, which stand on queries and values.")
  var rank = 16

  @Option(help: "Virtual tokens of a soft prompt.")
  var virtualTokens = 20

  @Option(help: "Threads for one operation. (default: OMP_NUM_THREADS, else the physical cores)")
  var threads: Int?

  @OptionGroup var format: OutputOptions

  func validate() throws {
    if source.recipe == nil { throw ValidationError("name a recipe; orchard train --example prints one.") }
    if !(0...3600).contains(seconds) { throw ValidationError("--seconds is \(seconds); it takes 0 to 3600.") }
    if !(1...4096).contains(rank) { throw ValidationError("--rank is \(rank); it takes a number from 1 to 4096.") }
    if !(1...4096).contains(virtualTokens) {
      throw ValidationError("--virtual-tokens is \(virtualTokens); it takes a number from 1 to 4096.")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads); it takes a number from 1 to 1024.")
    }
  }

  func run() throws {
    var recipe = try source.read()
    recipe.training.model.folder = try ModelPlace.folder(recipe.training.model.folder).relativePath
    Engine.threads = EngineOptions.threadCount(threads)
    Engine.flushDenormals()
    var sizes = TuningSizes()
    (sizes.rank, sizes.virtualTokens) = (rank, virtualTokens)
    if let adapter = recipe.training.adapter {
      Console.note(
        "the recipe trains an adapter (\(adapter.kind)); the plan shows full tuning, and adapters of the sizes of --rank and "
          + "--virtual-tokens beside it")
    }
    let plan = try TrainingPlan(recipe, sizes: sizes, budget: seconds)
    try Console.result(format.json ? plan.json.text : plan.text)
  }
}
