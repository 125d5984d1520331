import Dispatch
import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTokenizers

/// One fine-tuning run: the caller owns the loop.
///
/// ```swift
/// let run = try TrainingRun(recipe)
/// while let report = try run.next() { print(report.step, report.loss) }
/// ```
///
/// A run can be left after any step: `checkpoint()` writes everything that resuming needs, and a resumed run gives the
/// same losses and weights, bit for bit, as one that was never left.
public final class TrainingRun {
  /// The recipe.
  public var recipe: TrainingRecipe { whole.training }
  private let whole: any RunRecipe
  /// The folder that is written.
  public let folder: RunFolder
  /// The model, with its tokenizer.
  public let trained: TrainedModel
  /// What rendering did with the training data.
  public let rendering: RenderingReport
  /// Steps of the whole run.
  public let totalSteps: Int
  /// Steps taken.
  public private(set) var step = 0
  /// The step with the lowest validation loss so far.
  public private(set) var best: BestStep?

  let objective: any Objective
  /// The loss of held-out tasks, which are written as in fine-tuning whatever the method.
  private let plain: (any Objective)?
  private let template: PromptTemplate?
  private let dataHash: String
  let taskNames: [String]
  let optimizer: any Optimizer
  private let learningRate: Double
  let weights: [OptimizedParameter]
  private let validation: Validation?
  private let heldOut: HeldOutTasks
  private let average: WeightAverage?
  private var watchDog: LossWatchDog?
  /// Several processes that learn together; nil for one alone.
  let shared: SharedStep?
  /// What is written down, by the first process alone.
  private let record: RunRecord?
  private var forecast: RunForecast
  private var stream: BatchStream
  /// The run's own random numbers: what else this thread computes between two steps changes nothing.
  var randomState: [UInt8] = []

  /// Sets a run up: loads the model, renders the data, and begins in a fresh folder or goes on in one.
  ///
  /// A run that would not fit into the machine's memory is refused before its first step, unless it is forced. Where
  /// several processes learn together, each of a `group` sets the same run up; the first alone writes.
  /// - Throws: An error that says what in the recipe, the data, the model or the folder is wrong.
  public init(
    _ whole: any RunRecipe, resume: Bool = false, isForced: Bool = false, in group: ProcessGroup? = nil
  ) throws {
    self.whole = whole
    let recipe = whole.training
    let isFirst = group?.isFirst ?? true
    folder = RunFolder(URL(filePath: recipe.output))
    let device = try Device(named: recipe.device)
    let saved = resume ? try Self.lastCheckpoint(folder, whole) : nil
    if !isForced { try RunForecast.checkBeforeLoading(recipe, head: whole.method.head, on: device) }
    let resident = Memory.residentBytes
    Engine.seed(UInt64(recipe.seed))
    trained = try MemoryCheck.$available.withValue(isForced ? .max : MemoryCheck.available) {
      try TrainedModel(recipe.model, adapter: recipe.adapter, head: whole.method.head, checkpoint: saved, on: device)
    }
    trained.model.recomputesActivations = recipe.recomputeActivations
    let prepared = try PreparedData(whole, trained.tokenizer, trained.learner.form)
    stream = prepared.stream
    rendering = prepared.training.report
    validation = prepared.validation
    heldOut = prepared.heldOut
    template = prepared.template
    dataHash = prepared.hash
    taskNames = prepared.training.parts.map(\.name)
    plain = heldOut.isEmpty ? nil : try trained.plainObjective(recipe)
    objective = try whole.method.objective(for: trained, recipe, on: device)
    totalSteps = Self.total(recipe.length, batches: stream.sampler.batchesInEpoch)
    let ignoresShifts = objective.ignoresShifts
    let stepped = objective as? any SteppedObjective
    let others = (stepped?.learnedModels ?? []).flatMap { Self.prepareWeights($0, recipe.dtype) }
    let trainable = Self.prepareWeights(
      trained.model, recipe.dtype, adapter: trained.adapter, part: recipe.trainable
    ).map { ignoresShifts && $0.name.hasSuffix("bias") ? $0.resting : $0 }
    let beside = stepped?.learned ?? []
    for entry in beside { entry.parameter.wantsGradients = true }
    guard !trainable.isEmpty else {
      throw TrainingError(
        "trainable is \(recipe.trainable.rawValue), but this model has none; train all, or an adapter")
    }
    guard beside.isEmpty || group == nil else {
      throw TrainingError("\(whole.method.name) learns in one process; leave --processes out")
    }
    shared = try group.map { try SharedStep($0, trainable, seed: recipe.seed, isSharded: recipe.shardOptimizer) }
    weights =
      (shared?.weights ?? trainable) + others
      + beside.map { OptimizedParameter(name: $0.name, parameter: $0.parameter) }
    (optimizer, learningRate) = try recipe.optimizer.make(shared?.own ?? weights)
    average = recipe.average.map { [weights] in WeightAverage(weights, decay: $0) }
    watchDog = recipe.watch.spike.map { LossWatchDog(factor: $0) }
    randomState = Engine.randomState
    let memory = Self.memory(
      whole, trained.model, weights, objective, prepared, steps: totalSteps, process: resident, on: device)
    if !isForced, let limit = MemoryCheck.limit(on: device) {
      // What this process holds already is part of the need, and gone from what is available.
      try RunForecast.check(memory, limit: limit + (Memory.residentBytes ?? 0), what: "it needs about")
    }
    if isFirst {
      if !resume { try folder.begin(whole) }
      for part in [folder.url, folder.checkpoints] { RunCheckpoint.clean(part) }
    }
    let about = RunAbout(
      whole, trained, prepared, objective, trainable: weights.reduce(0) { $0 + $1.parameter.count },
      totalSteps: totalSteps, on: device)
    guard let saved else {
      forecast = RunForecast(memory: memory, stream, steps: 0..<totalSteps, accumulation: recipe.length.accumulation)
      record = isFirst ? try RunRecord(folder, whole, about: about, after: 0, seconds: 0) : nil
      try record?.predict(forecast)
      return
    }
    let state = try RunState(reading: saved.appending(path: "run.json"))
    guard state.dataHash == dataHash else {
      throw TrainingError(
        "the training data has changed since the run began, so it cannot go on where it stood; restore the files, or "
          + "begin anew by --overwrite")
    }
    guard state.templateHash == prepared.training.templateHash else {
      throw TrainingError(
        "the prompt template has changed since the run began; restore it, or begin anew by --overwrite")
    }
    try RunCheckpoint.restoreOptimizer(optimizer, from: saved)
    try average?.restore(from: saved)
    try RunCheckpoint.restoreMethod(objective, from: saved)
    try stream.sampler.restore(state.sampler)
    for line in try MetricLog.read(folder.metrics) where line["step"]?.int ?? .max <= state.step {
      if let loss = line["loss"]?.double { _ = watchDog?.add(loss) }
    }
    randomState = state.randomState
    (step, best) = (state.step, state.best)
    forecast = RunForecast(
      memory: memory, stream, steps: min(state.step, totalSteps)..<totalSteps,
      accumulation: recipe.length.accumulation)
    record = isFirst ? try RunRecord(folder, whole, about: about, after: state.step, seconds: state.seconds) : nil
    try record?.predict(forecast)
  }

  /// Takes one step; nil when the run is complete, and its model written.
  ///
  /// - Throws: `TrainingError` where the loss is not a number or a weight is not trained; an error of the disk. The last
  ///   checkpoint stays whole in any case.
  public func next() throws -> StepReport? {
    do {
      guard step < totalSteps, !isExhausted, !isDone else {
        try finish()
        try record?.end(.complete)
        return nil
      }
      return try advance()
    } catch {
      // Where the disk is full this fails as well; what is told is the first failure.
      try? record?.end(.failed, reason: "\(error)")
      throw error
    }
  }

  /// Writes a checkpoint, and that the run was stopped: it can be resumed.
  ///
  /// - Throws: `EngineError` where the disk is full or fails; the last whole checkpoint stays.
  public func stop() throws {
    try checkpoint()
    try record?.end(.stopped)
  }

  private func advance() throws -> StepReport {
    var scored: [HeldOutReport] = []
    if step == 0, !heldOut.isEmpty { scored += try scoreHeldOut().map { [$0] } ?? [] }
    let begun = DispatchTime.now()
    let batches = (0..<recipe.length.accumulation).map { _ in stream.next() }
    let factor = recipe.schedule.factor(at: Double(step) + 0.5, of: totalSteps)
    let stepped = objective as? any SteppedObjective
    let made =
      try stepped.map { try updates(of: $0, batches, rate: factor) } ?? update(of: batches, rate: factor)
    let (loss, norm, told) = (made.loss, made.norm, made.told)
    step += 1
    average?.update(after: step)
    var report = StepReport(
      step: step, totalSteps: totalSteps, loss: loss, gradientNorm: norm, learningRate: factor * learningRate,
      epochs: stream.sampler.epochs, tokens: made.tokens, supervisedTokens: made.units,
      seconds: Double(DispatchTime.now().uptimeNanoseconds - begun.uptimeNanoseconds) / 1e9)
    report.tasks = told.tasks.means(taskNames)
    report.figures = told.figures.means
    try record?.append(report)
    if let rise = watchDog?.add(loss) {
      throw failure("the loss has risen to \(rise) (watch.spike)")
    }
    if forecast.add(report) { try record?.predict(forecast) }
    if let validation, step % recipe.watch.evaluateEvery == 0 || step == totalSteps || isDone {
      report.evaluation = try evaluate(validation)
    }
    let isLast = step == totalSteps || isExhausted || isDone
    if !heldOut.isEmpty, isLast || recipe.watch.scoreEvery.map({ step % $0 == 0 }) == true {
      scored += try scoreHeldOut().map { [$0] } ?? []
    }
    report.heldOut = scored
    if step % recipe.watch.saveEvery == 0 || isLast || best?.step == step {
      try checkpoint()
      report.isSaved = true
    }
    return report
  }

  /// Whether the method has reached its goal.
  public var isDone: Bool { (objective as? any SteppedObjective)?.isDone ?? false }

  /// Whether any process has found something: all of them hear the same.
  ///
  /// - Throws: `EngineError` that names processes that are lost.
  public func agreed(_ found: Bool) throws -> Bool {
    guard let shared else { return found }
    return try shared.group.sum([found ? 1 : 0])[0] > 0
  }

  /// Writes everything that resuming needs, as after the last step.
  ///
  /// - Throws: `EngineError` where the disk is full or fails; the last whole checkpoint stays.
  public func checkpoint() throws {
    // What the first process finds decides for all: they gather together, or not at all.
    let isThere = try agreed(folder.steps.contains(step))
    if isThere { return }
    let saved = try shared?.gathered(optimizer.state) ?? optimizer.state
    guard shared?.group.isFirst ?? true else { return }
    let state = RunState(
      step: step, sampler: stream.sampler.state, randomState: randomState, best: best, dataHash: dataHash,
      templateHash: stream.dataset.templateHash, seconds: record?.seconds ?? 0)
    try RunCheckpoint.write(folder.checkpoint(step)) { part in
      try averaged { try trained.save(to: part, template: template) }
      try RunCheckpoint.saveOptimizer(saved, steps: optimizer.steps, to: part)
      try average?.save(to: part)
      try RunCheckpoint.saveMethod(objective, to: part)
      try AtomicFile.write(state.json.prettyText + "\n", to: part.appending(path: "run.json"))
    }
    if let best { try AtomicFile.write(best.json.prettyText + "\n", to: folder.best) }
    for old in folder.steps.dropLast(recipe.watch.keep) where old != best?.step && old != step {
      try? RunCheckpoint.remove(folder.checkpoint(old))
    }
  }

  private func evaluate(_ validation: Validation) throws -> EvaluationReport? {
    guard let shared else { return try evaluateAlone(validation) }
    // The first process evaluates; what it has found best is so for all.
    let report = shared.group.isFirst ? try evaluateAlone(validation) : nil
    let told = try shared.group.sum(report.map { [$0.isBest ? 1 : 0, $0.loss] } ?? [0, 0])
    if told[0] > 0 { best = BestStep(step: step, loss: told[1]) }
    return report
  }

  private func evaluateAlone(_ validation: Validation) throws -> EvaluationReport {
    let (found, samples) = try averaged {
      let found = try validation.findings(objective)
      // An objective that judges answers has drawn them already.
      return (
        found,
        objective is any SteppedObjective
          ? found.samples : try validation.samples(trained.answers, tokenizer: trained.tokenizer)
      )
    }
    let isBest = found.loss.isFinite && found.loss < best?.loss ?? .infinity
    if isBest { best = BestStep(step: step, loss: found.loss) }
    let report = EvaluationReport(
      step: step, loss: found.loss, tasks: found.tasks, figures: found.figures, isBest: isBest, samples: samples)
    try record?.append(report)
    return report
  }

  /// Scores the held-out tasks, in the first process alone.
  private func scoreHeldOut() throws -> HeldOutReport? {
    guard shared?.group.isFirst ?? true else { return nil }
    let report = try averaged {
      try heldOut.scores(plain ?? objective, trained.answers, step: step)
    }
    try record?.append(report)
    return report
  }

  /// With the average of the weights in their place, where one is kept.
  private func averaged<Result>(_ body: () throws -> Result) rethrows -> Result {
    try average?.inPlace(body) ?? body()
  }

  /// Whether so many evaluations have found nothing better that the run ends before its last step.
  public var isExhausted: Bool {
    guard let patience = recipe.length.patience, let best else { return false }
    return (step - best.step) / recipe.watch.evaluateEvery >= patience
  }

  /// Numbers that are trained, and all that the model and what is learned beside it have.
  public var counts: (trained: Int, all: Int) {
    (
      weights.reduce(0) { $0 + $1.parameter.count },
      trained.model.parameterCount + (trained.adapter?.parameterCount ?? 0)
    )
  }

  /// The folder of what the run has trained: a model's, or an adapter's.
  public var result: URL { trained.adapter == nil ? folder.model : folder.adapter }

  /// Writes the trained model: the best checkpoint's, or the last one's where nothing was validated.
  private func finish() throws {
    guard shared?.group.isFirst ?? true else { return }
    let source = folder.checkpoint(best?.step ?? step)
    try RunCheckpoint.write(result) { part in
      for name in try FileManager.default.contentsOfDirectory(atPath: source.path)
      where !RunCheckpoint.ownFiles.contains(name) {
        try FileManager.default.copyItem(at: source.appending(path: name), to: part.appending(path: name))
      }
    }
  }
}
