import ArgumentParser
import Foundation
import OrchardAlignment
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTraining

/// `orchard train`: fine-tunes a model by a recipe.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model by a recipe: fine-tune it, or align it with what people prefer.",
    discussion: """
      A recipe is a YAML file; --example prints one with every key, its default and what it does. Keys can be set on \
      the command line too: optimizer.learning-rate=1e-4. The run writes a folder: checkpoints, metrics.jsonl, and in \
      the end the trained model, an ordinary model folder. Ctrl-C writes a checkpoint and stops; --resume goes on, \
      with the same losses and weights as if nothing had happened. orchard plan tells before what a run takes.

      By what a model learns says the recipe's method: completions (fine-tune), pairs and rankings of answers (reward, \
      dpo, ipo, orpo, simpo), good and bad answers (kto), labels of texts (classify), or what its own answers to prompts \
      are worth (ppo, grpo, rloo, best-of). With --method, --example shows the keys of one.

      Examples:
        orchard train --example > recipe.yaml
        orchard train --example --method ppo
        orchard train recipe.yaml
        orchard train recipe.yaml length.epochs=1 output=runs/short
        orchard train recipe.yaml --resume
      """)

  @OptionGroup var source: RecipeArguments

  @Flag(help: "Print a recipe with every key, its default and what it does.")
  var example = false

  @Option(
    help: ArgumentHelp(
      "With --example: the method whose keys it shows: \(Methods.catalog.names.joined(separator: ", ")).",
      valueName: "name"))
  var method: String?

  @Flag(help: "Go on with the run that stands in the output folder.")
  var resume = false

  @Flag(help: "Remove the run that stands in the output folder, and begin anew.")
  var overwrite = false

  @Flag(help: "Run even what does not fit into the memory that is available.")
  var force = false

  @Option(help: "Threads for one operation. (default: OMP_NUM_THREADS, else the physical cores)")
  var threads: Int?

  @Option(help: "Processes on this machine that learn together, each with its share of every batch's rows.")
  var processes = 1

  @Option(
    help: ArgumentHelp("Seconds after which a process that does not answer counts as lost.", valueName: "seconds"))
  var timeout = 600.0

  @OptionGroup var format: OutputOptions

  func validate() throws {
    if !(1...1024).contains(processes) {
      throw ValidationError("--processes is \(processes); it takes a number from 1 to 1024.")
    }
    if !(timeout > 0) { throw ValidationError("--timeout is \(timeout); it takes a number of seconds above 0.") }
    if example == (source.recipe != nil) {
      throw ValidationError(
        example ? "--example takes no recipe." : "name a recipe; orchard train --example prints one to begin with.")
    }
    if method != nil, !example {
      throw ValidationError("--method goes with --example; a recipe names its own: method=dpo.")
    }
    if resume && overwrite { throw ValidationError("--resume and --overwrite contradict each other.") }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads); it takes a number from 1 to 1024.")
    }
  }

  func run() throws {
    if example { return try Console.result(AlignmentRecipe.example(method: method ?? "fine-tune").explainedText) }
    var recipe = try source.read()
    recipe.training.model.folder = try ModelPlace.folder(recipe.training.model.folder).relativePath
    let environment = ProcessInfo.processInfo.environment
    let place = try ProcessPlace.launched(environment)
    if let place, processes > 1 {
      throw ValidationError(
        "--processes starts processes, and this is process \(place.rank) of \(place.size) of a launcher already; leave "
          + "it out.")
    }
    // Before several processes meet: then all of them know it, and none waits for one that has ended.
    let folder = RunFolder(URL(filePath: recipe.training.output))
    if !resume, !overwrite { try folder.checkFree() }
    Interruption.catchSignals()
    if processes > 1 { return try launch(environment) }
    if environment[ProcessLauncher.mark] != nil { Interruption.catchRequests() }
    Engine.threads = EngineOptions.threadCount(threads)
    Engine.flushDenormals()
    let isFirst = place.map { $0.rank == 0 } ?? true
    if overwrite, isFirst { try folder.remove() }
    let group = try place.map { try ProcessGroup($0, timeout: timeout) }
    let run = try TrainingRun(recipe, resume: resume, isForced: force, in: group)
    guard isFirst else { return try TrainingWatch.accompany(run) }
    if let group { Console.note("\(group.size) processes learn together") }
    Console.note(
      "\(Self.trained(run.counts)); \(run.rendering.text); "
        + "\(run.totalSteps) steps into \(recipe.training.output)")
    if run.step > 0 { Console.note("going on after step \(run.step)") }
    try TrainingWatch(run, json: format.json).follow()
  }
}

extension TrainCommand {
  /// Starts the processes, which share this machine's cores.
  private func launch(_ environment: [String: String]) throws {
    var environment = environment
    if threads == nil, environment["OMP_NUM_THREADS"] == nil {
      environment["OMP_NUM_THREADS"] = "\(max(1, EngineOptions.threadCount(nil) / processes))"
    }
    // c10d tells of a lost process at length, with frames of its stack; the run tells it in a sentence.
    if environment["TORCH_CPP_LOG_LEVEL"] == nil { environment["TORCH_CPP_LOG_LEVEL"] = "ERROR" }
    var arguments: [String] = []
    var isValue = false
    for argument in CommandLine.arguments.dropFirst() {
      if isValue {
        isValue = false
      } else if argument == "--processes" {
        isValue = true
      } else if !argument.hasPrefix("--processes=") {
        arguments.append(argument)
      }
    }
    try ProcessLauncher(count: processes, arguments: arguments, environment: environment).run()
  }

  /// `3538944 of 251116800 parameters are trained (1.41 %)`, or how many there are where all are.
  static func trained(_ counts: (trained: Int, all: Int)) -> String {
    guard counts.trained < counts.all else { return "\(counts.all) parameters" }
    let share = 100 * Double(counts.trained) / Double(counts.all)
    return "\(counts.trained) of \(counts.all) parameters are trained (\(String(format: "%.3g", share)) %)"
  }
}

/// The arguments that name a recipe, and what is set over it.
struct RecipeArguments: ParsableArguments {
  @Argument(help: ArgumentHelp("The recipe, YAML or JSON.", valueName: "recipe"))
  var recipe: String?

  @Argument(help: ArgumentHelp("Keys set over the recipe's: length.epochs=1", valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: "Where to compute, over the recipe's: cpu, cuda, cuda:N, mps or auto.")
  var device: DeviceName?

  @Option(help: "The type of the weights, over the recipe's: fp32 or bf16.")
  var dtype: String?

  @Option(help: "Where random numbers begin, over the recipe's.")
  var seed: Int?

  func validate() throws {
    for override in overrides where !override.contains("=") {
      throw ValidationError("“\(override)” is no key=value; after the recipe come keys with their values.")
    }
  }

  /// Reads the recipe and what is set over it.
  ///
  /// - Throws: `SettingsError` with all that is wrong.
  func read() throws -> AlignmentRecipe {
    var overrides = overrides
    if let device { overrides.append("device=\(device.text)") }
    if let dtype { overrides.append("dtype=\(dtype)") }
    if let seed { overrides.append("seed=\(seed)") }
    return try AlignmentRecipe(recipe: URL(filePath: recipe ?? ""), overrides: overrides)
  }
}
