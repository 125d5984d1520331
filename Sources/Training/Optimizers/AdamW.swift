import OrchardLayers
import OrchardSettings
import OrchardTensors

/// Settings of AdamW.
public struct AdamWSettings: OptimizerSettings, Equatable {
  /// The learning rate at the top of the schedule.
  public var learningRate = 3e-4
  /// How much of the gradients' running mean is kept each step.
  public var beta1 = 0.9
  /// How much of their squares' running mean is kept each step.
  public var beta2 = 0.999
  /// Added to the root of the squares' mean.
  public var epsilon = 1e-8
  /// The share of a weight taken away each step, times the learning rate.
  public var weightDecay = 0.01
  /// Whether norms and biases decay too.
  public var decayVectors = false

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "Adam with decoupled weight decay (Loshchilov and Hutter 2019)."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("learning-rate", \.learningRate, "The learning rate at the top of the schedule.", .above(0)),
      Field("beta1", \.beta1, "How much of the gradients' running mean is kept each step.", .range(0..<1)),
      Field("beta2", \.beta2, "How much of their squares' running mean is kept each step.", .range(0..<1)),
      Field("epsilon", \.epsilon, "Added to the root of the squares' mean.", .above(0)),
      Field("weight-decay", \.weightDecay, "The share of a weight taken away each step, times the rate.", .range(0...)),
      Field("decay-vectors", \.decayVectors, "Whether norms and biases decay too."),
    ]
  }

  /// The optimiser.
  public func make(_ parameters: [OptimizedParameter]) -> any Optimizer { AdamW(parameters, settings: self) }

  /// Two moments.
  public func stateCount(of shape: [Int]) -> Int { 2 * shape.reduce(1, *) }
}

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), its moments in fp32.
public final class AdamW: Optimizer {
  private let parameters: [OptimizedParameter]
  private let settings: AdamWSettings
  private var first: [Tensor]
  private var second: [Tensor]
  /// Steps taken.
  public private(set) var steps = 0

  /// An optimiser over `parameters` that has taken no step.
  public init(_ parameters: [OptimizedParameter], settings: AdamWSettings) {
    self.parameters = parameters
    self.settings = settings
    let zeros = { (entry: OptimizedParameter) in
      Tensor.zeros(entry.parameter.shape, on: entry.parameter.tensor.device)
    }
    first = parameters.map(zeros)
    second = parameters.map(zeros)
  }

  /// Changes every weight that has a gradient.
  public func step(rate: Double, gradientScale: Double) {
    steps += 1
    let rate = rate * settings.learningRate
    for (index, entry) in parameters.enumerated() {
      guard let gradient = entry.parameter.tensor.gradient else { continue }
      let decays = settings.decayVectors || entry.parameter.shape.count > 1
      entry.parameter.tensor.detached.adamWStep(
        master: entry.master, gradient: gradient, firstMoment: first[index], secondMoment: second[index],
        rate: rate * entry.rate, beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon,
        decay: decays ? settings.weightDecay : 0, step: steps, gradientScale: gradientScale)
    }
  }

  /// The moments and masters.
  public var state: [(name: String, tensor: Tensor)] {
    var state = parameters.masters
    for (index, entry) in parameters.enumerated() {
      state += [("first.\(entry.name)", first[index]), ("second.\(entry.name)", second[index])]
    }
    return state
  }

  /// Takes saved moments and masters back.
  public func restore(steps: Int, _ saved: (String) -> Tensor?) throws {
    try take(saved, into: state)
    self.steps = steps
  }
}
