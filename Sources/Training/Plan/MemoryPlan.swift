import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors

/// The bytes that training takes, part by part.
public struct MemoryPlan: Sendable, Equatable {
  /// The program, its libraries and the data.
  public var process = 0
  /// The weights, in the type that they are multiplied in.
  public var weights = 0
  /// A gradient for each trained weight.
  public var gradients = 0
  /// The optimiser's moments, and the fp32 masters of weights of a narrower type.
  public var optimizer = 0
  /// What the forward pass keeps for the backward pass.
  public var activations = 0
  /// What comes and goes within a step, above all that is kept.
  public var workSpace = 0
  /// Keys and values of the answers at evaluations; never held together with gradients and activations.
  public var cache = 0

  /// All of it at the moment when it is most.
  public var total: Int {
    process + weights + optimizer + max(gradients + activations + workSpace, cache)
  }

  /// How many times the weights' own bytes the whole takes, the program itself aside.
  public var timesWeights: Double { Double(total - process) / Double(max(1, weights)) }

  /// The bytes by name.
  public var json: JSONValue {
    [
      "process": .integer(process), "weights": .integer(weights), "gradients": .integer(gradients),
      "optimizer": .integer(optimizer), "activations": .integer(activations), "work_space": .integer(workSpace),
      "cache": .integer(cache), "total": .integer(total),
    ]
  }

  /// Puts what a step takes into its three parts.
  ///
  /// `held` are the bytes of gradients that the measured passes left behind, which `gradients` stands for.
  mutating func setStep(_ step: StepMemory, rows: Int, held: Int) {
    let rest = max(0, step.peak(rows: rows) - held)
    activations = min(rest, step.activations(rows: rows))
    workSpace = rest - activations
  }
}

extension MemoryPlan {
  /// What is known before anything is loaded: all but activations and work space.
  ///
  /// - Parameters:
  ///   - model: The model, whose weights need not be there.
  ///   - recipe: The recipe.
  ///   - trained: The shapes of the weights that are trained.
  init(_ model: any TrainableModel, _ recipe: TrainingRecipe, trained: [[Int]]) {
    let width = recipe.dtype == .bf16 ? 2 : 4
    weights = model.parameterCount * width
    let count = trained.reduce(0) { $0 + $1.reduce(1, *) }
    gradients = count * width
    let settings = recipe.optimizer.settings as? any OptimizerSettings
    optimizer = trained.reduce(0) { $0 + 4 * (settings?.stateCount(of: $1) ?? 0) } + (width < 4 ? 4 * count : 0)
    cache = Self.cache(model, recipe) * width
  }

  /// The program's own memory where it cannot be measured: code, libraries, tokenizer, data.
  static let usualProcess = 200_000_000

  /// What libtorch's matrix products set up once and keep for the shapes of batches that come.
  ///
  /// They are compiled for each size of matrices, and the last 1,024 are kept (oneDNN's cache): together about 0.75 GB
  /// at most, measured on x86-64 with libtorch 2.13.
  static func kernels(_ shapes: [BatchShape], each: Int) -> Int {
    let different = Set(shapes.map { [$0.rows, $0.source, $0.target] }).count
    return 60_000_000 + min(750_000_000, each * different)
  }

  /// The numbers in keys and values of the answers at an evaluation.
  private static func cache(_ model: any TrainableModel, _ recipe: TrainingRecipe) -> Int {
    guard recipe.watch.validation != nil else { return 0 }
    let widths = model.namedModules.compactMap { path, module -> Int? in
      guard let linear = module as? Linear else { return nil }
      switch path.split(separator: ".").last {
      case "key", "value": return linear.slot.outputCount
      case "joined": return linear.slot.outputCount * 2 / 3
      default: return nil
      }
    }
    let tokens = recipe.rendering.maximumTokens + recipe.watch.sampleTokens
    return widths.reduce(0, +) * tokens * recipe.watch.samples
  }
}
