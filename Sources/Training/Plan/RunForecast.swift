import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors

/// What a run foretells of itself: its memory before the first step, its time after the first ten seconds.
struct RunForecast {
  /// The bytes, part by part.
  let memory: MemoryPlan
  /// Seconds of all steps, evaluations and checkpoints aside, once they are foretold.
  private(set) var seconds: Double?
  /// The step after which they were.
  private(set) var step: Int?
  private let shapes: [BatchShape]
  private let accumulation: Int
  private let first: Int
  private var taken = (tokens: 0, seconds: 0.0)

  /// Steps' seconds after which the whole time is foretold, and the share of the run after which it is in any case.
  private static let budget = (seconds: 10.0, share: 0.1)

  init(memory: MemoryPlan, _ stream: BatchStream, steps: Range<Int>, accumulation: Int) {
    self.memory = memory
    self.accumulation = accumulation
    first = steps.lowerBound
    shapes = stream.shapes(of: steps.count * accumulation)
  }

  /// Takes a step's time into account; returns whether the whole time has just been foretold.
  mutating func add(_ report: StepReport) -> Bool {
    guard seconds == nil else { return false }
    let place = (report.step - first - 1) * accumulation
    // The first step sets up what later ones find ready.
    if report.step > first + 1 {
      taken.tokens += shapes[place..<min(place + accumulation, shapes.count)].reduce(0) { $0 + $1.tokens }
      taken.seconds += report.seconds
    } else {
      firstSeconds = report.seconds
    }
    let steps = report.step - first
    let isDue = taken.seconds >= Self.budget.seconds || Double(steps) >= Self.budget.share * Double(report.totalSteps)
    guard steps >= 3, isDue, taken.tokens > 0 else { return false }
    let rest = shapes.dropFirst(place + accumulation).reduce(0) { $0 + $1.tokens }
    seconds = firstSeconds + taken.seconds + taken.seconds / Double(taken.tokens) * Double(rest)
    step = report.step
    return true
  }

  private var firstSeconds = 0.0

  /// What was foretold, for the run's folder.
  var json: JSONValue {
    [
      "memory": memory.json, "step_seconds": seconds.map(JSONValue.number) ?? .null,
      "after_step": step.map(JSONValue.integer) ?? .null, "first_step": .integer(first),
    ]
  }
}

extension RunForecast {
  /// Refuses a run whose weights, gradients and optimiser alone are more than the machine has: before anything is
  /// loaded.
  ///
  /// - Throws: `TrainingError` with the figures and the ways out.
  static func checkBeforeLoading(_ recipe: TrainingRecipe, head: ModelHead, on device: Device) throws {
    guard let limit = MemoryCheck.limit(on: device) else { return }
    let folder = URL(filePath: recipe.model.folder)
    let model = try Learner(unloaded: folder, head: head).model
    var memory = MemoryPlan(model, recipe, trained: recipe.adapter == nil ? model.parameters.map(\.shape) : [])
    if let bytes = recipe.model.weights.bytes { memory.weights = Int(Double(model.parameterCount) * bytes) }
    memory.process = Memory.residentBytes ?? MemoryPlan.usualProcess
    try check(
      memory, limit: limit + (Memory.residentBytes ?? 0), what: "its weights, gradients and optimiser alone need")
  }

  /// Refuses a run that needs more than the machine has.
  ///
  /// - Throws: `TrainingError` with the figures and the ways out.
  static func check(_ memory: MemoryPlan, limit: Int, what: String) throws {
    guard memory.total > limit else { return }
    throw TrainingError(
      "the run does not fit: \(what) \(Readable.bytes(memory.total)), but \(Readable.bytes(limit)) of memory are "
        + "available here; orchard plan shows what would fit: smaller batches with length.accumulation, dtype=bf16, "
        + "optimizer.kind=adafactor, a smaller model; or try it all the same by --force")
  }
}
