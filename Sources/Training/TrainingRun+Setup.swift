import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors

extension TrainingRun {
  /// Steps of the whole run.
  static func total(_ length: LengthSettings, batches: Int) -> Int {
    if let steps = length.steps { return steps }
    return max(1, Int((length.epochs * Double(batches) / Double(length.accumulation)).rounded(.up)))
  }

  /// The bytes that a run will take at most; on the CPU those of a step are measured on a few rows.
  static func memory(
    _ runRecipe: any RunRecipe, _ model: any TrainableModel, _ weights: [OptimizedParameter],
    _ objective: any Objective,
    _ data: PreparedData, steps: Int, process: Int?, on device: Device
  ) -> MemoryPlan {
    let recipe = runRecipe.training
    var memory = MemoryPlan(model, recipe, trained: weights.map(\.parameter.shape))
    if recipe.adapter != nil {
      memory.weights = (model.parameters + weights.map(\.parameter)).reduce(0) { $0 + $1.byteCount }
    }
    // The model as it was stands beside the one that is trained; an adapter is switched off in its place.
    if runRecipe.method.needsOriginal(recipe), recipe.adapter == nil {
      memory.weights += model.parameterCount * recipe.dtype.bytes
    }
    for other in (objective as? any SteppedObjective)?.learnedModels ?? [] where other.adapter == nil {
      memory.weights += other.model.parameterCount * recipe.dtype.bytes
    }
    let drawn = data.stream.shapes(of: steps * recipe.length.accumulation)
    let shapes = (objective as? any SteppedObjective).map { stepped in drawn.map(stepped.computed) } ?? drawn
    memory.process = process ?? MemoryPlan.usualProcess
    guard device == .cpu else { return memory }
    let widest = TrainingPlan.widest(shapes)
    let step = StepMemory(
      model, objective, widest, like: data.training, trained: weights.map(\.parameter))
    memory.process += MemoryPlan.kernels(shapes, each: step.bytesOfShape)
    memory.setStep(step, rows: widest.rows, held: memory.gradients)
    return memory
  }

  /// The folder of the last whole checkpoint of a run that is to be resumed.
  ///
  /// - Throws: `TrainingError` where there is no run, no checkpoint, or the run began with another recipe.
  static func lastCheckpoint(_ folder: RunFolder, _ recipe: any RunRecipe) throws -> URL {
    guard folder.isBegun else {
      throw TrainingError("\(folder.url.path): there is no run to resume here; leave --resume out to begin one")
    }
    try folder.checkSame(recipe)
    guard let step = folder.steps.last else {
      throw TrainingError(
        "\(folder.url.path): the run stopped before its first checkpoint; begin anew by --overwrite")
    }
    return folder.checkpoint(step)
  }

  /// The weights that are trained, in the recipe's type, with fp32 masters where that is narrower: those of the
  /// `adapter`, where there is one, else the model's.
  package static func prepareWeights(
    _ model: any TrainableModel, _ dtype: TrainingPrecision, adapter: Adapter? = nil,
    part: TrainablePart = .all
  ) -> [OptimizedParameter] {
    if let adapter {
      let wide = adapter.parameters.map(\.parameter.tensor)
      if dtype == .bf16 {
        model.convert(to: .bfloat16)
        adapter.convert(to: .bfloat16)
      }
      adapter.recordGradients()
      let (resting, rates) = (adapter.restingAtFirst, adapter.rates)
      return zip(adapter.parameters, wide).map { entry, wide in
        OptimizedParameter(
          name: entry.name, parameter: entry.parameter, master: dtype == .bf16 ? wide : nil,
          restsAtFirst: resting.contains(entry.name), rate: rates[entry.name] ?? 1)
      }
    }
    let keys = model.checkpointKeys
    var seen: Set<ObjectIdentifier> = []
    let trainable = model.namedParameters.filter {
      $0.parameter.isTrainable && part.holds(keys.key(for: $0.path))
        && seen.insert(ObjectIdentifier($0.parameter)).inserted
    }
    let wide = trainable.map(\.parameter.tensor)
    if dtype == .bf16 { model.convert(to: .bfloat16) }
    model.setGradients(part == .all)
    for entry in trainable { entry.parameter.wantsGradients = true }
    return zip(trainable, wide).map { entry, wide in
      OptimizedParameter(
        name: keys.key(for: entry.path), parameter: entry.parameter, master: dtype == .bf16 ? wide : nil)
    }
  }

  /// The weights of a model that is learned beside the run's own, which may get no gradient in the first step: what is
  /// computed from it may begin at 0.
  static func prepareWeights(_ other: LearnedModel, _ dtype: TrainingPrecision) -> [OptimizedParameter] {
    prepareWeights(other.model, dtype, adapter: other.adapter).map { weight in
      OptimizedParameter(
        name: "\(other.name).\(weight.name)", parameter: weight.parameter, master: weight.master, restsAtFirst: true,
        rate: weight.rate)
    }
  }

  /// Stops a run in its first step if a trainable weight gets no gradient; returns a sum of each weight.
  ///
  /// - Throws: `TrainingError` that names the weights.
  static func checkGradients(_ weights: [OptimizedParameter]) throws -> [Double] {
    let idle = weights.filter { weight in
      if weight.restsAtFirst, weight.parameter.tensor.gradient != nil { return false }
      return weight.parameter.tensor.gradient.map { Tensor.norm(of: [$0]) == 0 } ?? true
    }
    guard idle.isEmpty else { throw untrained(idle, "get no gradient") }
    return weights.map { checksum($0.wide) }
  }

  /// Stops a run in its first step if a trainable weight has not changed.
  ///
  /// - Throws: `TrainingError` that names the weights.
  static func checkChange(_ weights: [OptimizedParameter], since sums: [Double]) throws {
    let same = zip(weights, sums).filter { !$0.restsAtFirst && checksum($0.wide) == $1 }.map(\.0)
    guard same.isEmpty else { throw untrained(same, "did not change in the first step") }
  }

  private static func checksum(_ tensor: Tensor) -> Double {
    let wide = tensor.to(.float64)
    return (wide * wide).sum.scalar
  }

  private static func untrained(_ weights: [OptimizedParameter], _ what: String) -> TrainingError {
    let names = weights.prefix(6).map { "“\($0.name)”" }.joined(separator: ", ")
    let more = weights.count > 6 ? " and \(weights.count - 6) more" : ""
    return TrainingError(
      "weights that are to be trained \(what): \(names)\(more); the data never reaches them, or the learning rate is 0")
  }
}
