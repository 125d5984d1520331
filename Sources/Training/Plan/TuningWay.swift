import OrchardAdapters
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors

/// A way to train a model, and what it takes.
public struct TuningWay: Sendable {
  /// How it is called.
  public let name: String
  /// Parameters that are trained.
  public let trained: Int
  /// The bytes that it takes.
  public let memory: MemoryPlan

  /// The way by name.
  public var json: JSONValue {
    ["name": .string(name), "trained_parameters": .integer(trained), "memory": memory.json]
  }
}

/// What the ways train, as far as it decides what they take.
public struct TuningSizes: Sendable {
  /// The rank of LoRA's matrices on queries and values.
  public var rank = 16
  /// Virtual tokens of a soft prompt.
  public var virtualTokens = 20

  /// The usual sizes.
  public init() {}

  /// The parameters of LoRA's matrices on all queries and values of a model, whose weights need not be there.
  ///
  /// Rank r on a matrix `[O, I]` trains r·(O + I) (Hu and others 2021).
  public static func loraCount(_ model: any TrainableModel, rank: Int) -> Int {
    TuningWays.targets(model).reduce(0) { $0 + rank * ($1[0] + $1[1]) }
  }
}

/// Measures the ways on a loaded model: each with those weights frozen that it freezes.
struct TuningWays {
  let model: any TrainableModel
  /// How it takes examples.
  let form: ExampleForm
  let recipe: TrainingRecipe
  let objective: any Objective
  let data: RenderedDataset
  let sizes: TuningSizes
  let process: Int
  /// The widest batch of the run.
  let widest: BatchShape
  /// All batches of the run.
  let shapes: [BatchShape]

  /// Every weight is trained.
  func full() -> (way: TuningWay, step: StepMemory) {
    let step = StepMemory(model, objective, widest, like: data)
    let trained = model.parameters.filter(\.isTrainable).map(\.shape)
    var memory = MemoryPlan(model, recipe, trained: trained)
    memory.process = process + MemoryPlan.kernels(shapes, each: step.bytesOfShape)
    memory.setStep(step, rows: widest.rows, held: memory.gradients)
    return (TuningWay(name: "full tuning", trained: Self.count(trained), memory: memory), step)
  }

  /// The ways that train few parameters; weights of few bits and soft prompts are for language models.
  func few() -> [TuningWay] {
    let low = lora()
    return form.shape == .encoder ? [low] : [low, qlora(low), softPrompt()]
  }

  /// LoRA on queries and values: their inputs are what its matrices need as well.
  private func lora() -> TuningWay {
    let targets = Self.targets(model)
    let trained = targets.flatMap { [[sizes.rank, $0[1]], [$0[0], sizes.rank]] }
    let step = frozen { path in
      Self.isTarget(path)
    } measure: {
      StepMemory(model, objective, widest, like: data)
    }
    var memory = MemoryPlan(model, recipe, trained: trained)
    memory.process = process + MemoryPlan.kernels(shapes, each: step.bytesOfShape)
    memory.setStep(step, rows: widest.rows, held: Self.count(targets) * width)
    return TuningWay(name: "LoRA, rank \(sizes.rank)", trained: Self.count(trained), memory: memory)
  }

  /// LoRA in bf16 on a base of 4 bits, made from LoRA's figures.
  private func qlora(_ lora: TuningWay) -> TuningWay {
    var memory = lora.memory
    let matrices = model.namedModules.compactMap { ($0.module as? Linear)?.slot as? DenseWeight }.map(\.weight)
    let tables = Set(
      model.parameters.filter { $0.shape.first == model.embedding.weight.shape[0] }.map(ObjectIdentifier.init))
    let small = Set(matrices.map(ObjectIdentifier.init)).subtracting(tables)
    memory.weights = model.parameters.reduce(0) { sum, parameter in
      let id = ObjectIdentifier(parameter)
      let kept: CompactForm? = small.contains(id) ? .four : tables.contains(id) ? .eight : nil
      return sum + Int(Double(parameter.count) * (kept?.bitsPerNumber ?? 16) / 8)
    }
    let narrow = 2
    memory.gradients = lora.trained * narrow
    memory.optimizer = lora.memory.optimizer + (width > narrow ? 4 * lora.trained : 0)
    memory.activations = lora.memory.activations * narrow / width
    // One matrix at a time is made wide again.
    memory.workSpace = lora.memory.workSpace * narrow / width + (matrices.map(\.count).max() ?? 0) * narrow
    memory.cache = lora.memory.cache * narrow / width
    return TuningWay(name: "QLoRA, rank \(sizes.rank), 4 bits", trained: lora.trained, memory: memory)
  }

  /// A soft prompt before what the model reads: gradients go through everything down to the first layer's input.
  private func softPrompt() -> TuningWay {
    var longer = widest
    if longer.source > 0 {
      longer.source += sizes.virtualTokens
    } else {
      // A prompt takes its room from the text where positions end.
      longer.target = min(longer.target + sizes.virtualTokens, form.contextLength ?? .max)
    }
    let vocabulary = model.embedding.weight.shape[0]
    let tables = model.namedParameters.filter { $0.parameter.shape.first == vocabulary && $0.path.contains("mbedding") }
    let names = Set(tables.map(\.path))
    let step = frozen {
      names.contains($0)
    } measure: {
      StepMemory(model, objective, longer, like: data)
    }
    let shape = [sizes.virtualTokens, model.embedding.weight.shape[1]]
    var memory = MemoryPlan(model, recipe, trained: [shape])
    memory.process = process + MemoryPlan.kernels(shapes, each: step.bytesOfShape)
    let held = Set(tables.map { ObjectIdentifier($0.parameter) }).count
    memory.setStep(step, rows: widest.rows, held: held * vocabulary * model.embedding.weight.shape[1] * width)
    return TuningWay(name: "soft prompt, \(sizes.virtualTokens) tokens", trained: Self.count([shape]), memory: memory)
  }

  private var width: Int { recipe.dtype == .bf16 ? 2 : 4 }

  /// Measures with only those weights trained whose path is chosen; all is as before afterwards.
  private func frozen(except isChosen: (String) -> Bool, measure: () -> StepMemory) -> StepMemory {
    let before = model.parameters.filter(\.isTrainable)
    var chosen: Set<ObjectIdentifier> = []
    for (path, parameter) in model.namedParameters where isChosen(path) { chosen.insert(ObjectIdentifier(parameter)) }
    for parameter in before { parameter.isTrainable = chosen.contains(ObjectIdentifier(parameter)) }
    defer { for parameter in before { parameter.isTrainable = true } }
    return measure()
  }

  /// The shapes of the matrices that make queries and values, or all three at once.
  static func targets(_ model: any TrainableModel) -> [[Int]] {
    model.namedParameters.filter { isTarget($0.path) }.map(\.parameter.shape)
  }

  private static func isTarget(_ path: String) -> Bool {
    LoRASettings.queriesAndValues.contains { path.hasSuffix(".\($0).slot.weight") }
  }

  private static func count(_ shapes: [[Int]]) -> Int { shapes.reduce(0) { $0 + $1.reduce(1, *) } }
}
