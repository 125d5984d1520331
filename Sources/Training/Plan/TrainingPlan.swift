import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTokenizers

/// What a recipe takes before it is run: bytes part by part, tokens a second, hours, and what would make it fit.
public struct TrainingPlan: Sendable {
  /// Parameters of the model.
  public let parameters: Int
  /// Steps of the whole run.
  public let totalSteps: Int
  /// The widest batch of the run.
  public let widest: BatchShape
  /// The ways to train, full tuning first; it alone where the model could not be loaded.
  public let ways: [TuningWay]
  /// The bytes that this machine can give; nil where it does not tell.
  public let available: Int?
  /// How fast real steps were; nil where none were taken.
  public let probe: StepProbe?
  /// Seconds of all steps, evaluations and checkpoints aside.
  public let seconds: Double?
  /// Whether activations were measured; else they are not in the figures.
  public let isMeasured: Bool
  /// Other settings with the bytes that full tuning takes by them, each a way to need less.
  public let savings: [(settings: String, bytes: Int)]

  /// Whether full tuning as the recipe has it fits.
  public var fits: Bool { available.map { ways[0].memory.total <= $0 } ?? true }

  /// Plans a recipe: loads the model where it fits, measures a few rows, and takes steps for `budget` seconds.
  ///
  /// Nothing is written.
  /// - Throws: An error that says what in the recipe, the data or the model is wrong.
  public init(_ runRecipe: any RunRecipe, sizes: TuningSizes = TuningSizes(), budget: Double = 10) throws {
    let recipe = runRecipe.training
    let device = try Device(named: recipe.device)
    let folder = URL(filePath: recipe.model.folder)
    let unloaded = try Learner(unloaded: folder, head: runRecipe.method.head)
    let bare = unloaded.model
    let data = try PreparedData(runRecipe, Tokenizer(folder: folder), unloaded.form)
    totalSteps = TrainingRun.total(recipe.length, batches: data.stream.sampler.batchesInEpoch)
    let shapes = data.stream.shapes(of: totalSteps * recipe.length.accumulation)
    let widest = Self.widest(shapes)
    self.widest = widest
    parameters = bare.parameterCount
    let resident = Memory.residentBytes
    available = MemoryCheck.limit(on: device).map { $0 + (resident ?? 0) }
    var least = MemoryPlan(bare, recipe, trained: bare.parameters.map(\.shape))
    least.process = resident ?? MemoryPlan.usualProcess
    // While it is loaded, a model stands in memory twice for a moment.
    guard available.map({ least.process + 2 * bare.parameterCount * 4 < $0 }) ?? true else {
      ways = [TuningWay(name: "full tuning", trained: bare.parameterCount, memory: least)]
      (probe, seconds, isMeasured, savings) = (nil, nil, false, [])
      return
    }
    Engine.seed(UInt64(recipe.seed))
    let trained = try TrainedModel(recipe.model, head: runRecipe.method.head, checkpoint: nil, on: device)
    trained.model.recomputesActivations = recipe.recomputeActivations
    let weights = TrainingRun.prepareWeights(trained.model, recipe.dtype)
    // What holds a model near its original costs a pass without gradients, which is no part of the peak.
    let objective = try runRecipe.method.objective(for: trained, recipe, on: device)
    // A step that works on what it draws is not one pass over it: no time follows from passes alone.
    let budget = objective is any SteppedObjective ? 0 : budget
    let measuring = TuningWays(
      model: trained.model, form: unloaded.form, recipe: recipe, objective: objective, data: data.training,
      sizes: sizes,
      process: least.process, widest: widest, shapes: shapes)
    let (full, step) = measuring.full()
    ways = [full] + measuring.few()
    isMeasured = true
    if budget > 0, available.map({ full.memory.total <= $0 }) ?? true {
      let optimizer = try recipe.optimizer.make(weights).optimizer
      let probe = StepProbe(
        objective, weights, optimizer, data.stream, accumulation: recipe.length.accumulation,
        budget: budget)
      self.probe = probe
      seconds = probe.seconds(steps: totalSteps, shapes)
    } else {
      (probe, seconds) = (nil, nil)
    }
    var savings = Self.savings(full.memory, recipe, step, widest, trained.model)
    if !recipe.recomputeActivations {
      // Last, for from then on freed memory is given back to the system, which would slow the probe.
      trained.model.recomputesActivations = true
      let recomputed = measuring.full().way.memory
      trained.model.recomputesActivations = false
      if recomputed.total < full.memory.total { savings.append(("recompute-activations=true", recomputed.total)) }
    }
    self.savings = savings
  }

  /// The batch that takes the most: by its tokens, then by its longest row.
  static func widest(_ shapes: [BatchShape]) -> BatchShape {
    shapes.max { ($0.tokens, $0.source + $0.target) < ($1.tokens, $1.source + $1.target) }
      ?? BatchShape(rows: 1, source: 0, target: 2)
  }

  /// What full tuning takes by other settings.
  private static func savings(
    _ memory: MemoryPlan, _ recipe: TrainingRecipe, _ step: StepMemory, _ widest: BatchShape,
    _ model: any TrainableModel
  ) -> [(settings: String, bytes: Int)] {
    var savings: [(settings: String, bytes: Int)] = []
    var rows = widest.rows
    while rows > 1 {
      rows = (rows + 1) / 2
      var smaller = memory
      smaller.setStep(step, rows: rows, held: memory.gradients)
      let times = (recipe.batches.size + rows - 1) / rows * recipe.length.accumulation
      savings.append(("batches.size=\(rows) length.accumulation=\(times)", smaller.total))
      if rows == 1 { break }
    }
    if recipe.dtype == .fp32 {
      var narrow = recipe
      narrow.dtype = .bf16
      var half = MemoryPlan(model, narrow, trained: model.parameters.filter(\.isTrainable).map(\.shape))
      half.process = memory.process
      (half.activations, half.workSpace) = (memory.activations / 2, memory.workSpace / 2)
      savings.append(("dtype=bf16", half.total))
    }
    if recipe.optimizer.kind != "adafactor" {
      var factored = memory
      let settings = AdafactorSettings()
      factored.optimizer = model.parameters.filter(\.isTrainable).reduce(0) {
        $0 + 4 * settings.stateCount(of: $1.shape)
      }
      if recipe.dtype == .bf16 { factored.optimizer += 2 * memory.gradients }
      savings.append(("optimizer.kind=adafactor", factored.total))
    }
    return savings.filter { $0.bytes < memory.total }
  }
}
