import OrchardLayers
import OrchardSettings
import OrchardTensors

/// A parameter as an optimiser sees it.
public struct OptimizedParameter {
  /// The name in a checkpoint, under which the optimiser's state is saved.
  public let name: String
  /// The weight.
  public let parameter: Parameter
  /// The fp32 copy through which a weight of a narrower type is trained.
  ///
  /// A step of 1e-4 of a weight's size vanishes in bf16's eight bits; added up in fp32 it does not.
  public let master: Tensor?
  /// Whether the weight gets no gradient in the run's very first step, because what it is multiplied with begins at 0.
  public let restsAtFirst: Bool
  /// How many times the run's learning rate it learns at.
  public let rate: Double

  /// A named weight.
  public init(
    name: String, parameter: Parameter, master: Tensor? = nil, restsAtFirst: Bool = false, rate: Double = 1
  ) {
    self.rate = rate
    self.name = name
    self.restsAtFirst = restsAtFirst
    self.parameter = parameter
    self.master = master
  }

  /// The same weight, which may get no gradient in the first step.
  var resting: OptimizedParameter {
    OptimizedParameter(name: name, parameter: parameter, master: master, restsAtFirst: true, rate: rate)
  }

  /// The fp32 numbers that a step changes.
  var wide: Tensor { master ?? parameter.tensor.detached }

  /// Rounds the master into its weight.
  func round() {
    if let master { parameter.tensor.detached.assign(master) }
  }
}

/// A rule that changes weights by their gradients.
public protocol Optimizer: AnyObject {
  /// Changes every weight once by its gradient times `gradientScale`.
  ///
  /// `rate` is the schedule's factor for this step, from 0 to 1.
  func step(rate: Double, gradientScale: Double)
  /// The tensors that must be saved for a bit-identical resume, by name.
  var state: [(name: String, tensor: Tensor)] { get }
  /// Steps taken.
  var steps: Int { get }
  /// Takes a saved state back.
  ///
  /// - Throws: `TrainingError` where it does not fit the weights.
  func restore(steps: Int, _ state: (String) -> Tensor?) throws
}

/// Settings that make an optimiser.
public protocol OptimizerSettings: SettingsGroup {
  /// The optimiser over `parameters`.
  func make(_ parameters: [OptimizedParameter]) -> any Optimizer
  /// The learning rate at the top of the schedule.
  var learningRate: Double { get }
  /// The fp32 numbers that the optimiser keeps for a weight of this shape, its master aside.
  func stateCount(of shape: [Int]) -> Int
}

/// The optimiser of a recipe: a kind and its settings.
public struct OptimizerChoice: SettingsChoice {
  /// The kinds.
  public static var catalog: Catalog<any SettingsGroup.Type> { Optimizers.catalog }
  /// The chosen kind's settings.
  public let settings: any SettingsGroup

  /// A choice.
  public init(_ settings: any SettingsGroup) { self.settings = settings }

  /// The optimiser over `parameters`.
  ///
  /// - Throws: `TrainingError` where the chosen group makes no optimiser: a fault in the catalog.
  func make(_ parameters: [OptimizedParameter]) throws -> (optimizer: any Optimizer, learningRate: Double) {
    guard let settings = settings as? any OptimizerSettings else {
      throw TrainingError("the optimiser “\(kind)” cannot be made")
    }
    return (settings.make(parameters), settings.learningRate)
  }
}

/// Every optimiser there is: one file in `Optimizers/` and one line here each.
public enum Optimizers {
  /// The kinds by name.
  public static let catalog = Catalog<any SettingsGroup.Type>(
    of: "optimiser",
    [
      .init("adamw", "Adam with decoupled weight decay.", AdamWSettings.self),
      .init("adafactor", "Adam's second moment in factored form: little memory.", AdafactorSettings.self),
    ])
}

extension Array where Element == OptimizedParameter {
  /// The masters, by the names under which they are saved.
  var masters: [(name: String, tensor: Tensor)] {
    compactMap { entry in entry.master.map { ("master.\(entry.name)", $0) } }
  }
}

/// Writes saved tensors over all of an optimiser's own, or says which does not fit.
func take(_ saved: (String) -> Tensor?, into state: [(name: String, tensor: Tensor)]) throws {
  for (name, target) in state {
    guard let tensor = saved(name), tensor.shape == target.shape else {
      throw TrainingError(
        "the optimiser's saved state does not fit: “\(name)” has \(saved(name).map { "the shape \($0.shape)" } ?? "no entry"), "
          + "the weights ask for \(target.shape); resume with the recipe that wrote it")
    }
    target.assign(tensor)
  }
}
