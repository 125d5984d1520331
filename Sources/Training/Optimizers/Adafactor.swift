import Foundation
import OrchardLayers
import OrchardSettings
import OrchardTensors

/// Settings of Adafactor.
public struct AdafactorSettings: OptimizerSettings, Equatable {
  /// The learning rate at the top of the schedule; with `relativeStep` a factor on its own rate.
  public var learningRate = 1e-3
  /// Whether the rate falls with the steps by itself, as in the paper.
  public var relativeStep = false
  /// Whether the rate is multiplied by the size of each weight.
  public var scaleParameter = false
  /// With `relativeStep`: whether the rate rises from 1e-6 a step at first.
  public var warmupInit = false
  /// Updates whose root mean square is larger are made smaller.
  public var clipThreshold = 1.0
  /// The exponent by which the second moment's memory grows with the steps.
  public var decayRate = -0.8
  /// How much of the updates' running mean is kept each step; 0 keeps none.
  public var beta1 = 0.0
  /// The share of a weight taken away each step, times the rate.
  public var weightDecay = 0.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "Adafactor (Shazeer and Stern 2018): the second moment of a matrix by its rows and columns."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("learning-rate", \.learningRate, "The learning rate; with relative-step a factor on it.", .above(0)),
      Field("relative-step", \.relativeStep, "Whether the rate falls with the steps by itself."),
      Field("scale-parameter", \.scaleParameter, "Whether the rate is multiplied by the size of each weight."),
      Field("warmup-init", \.warmupInit, "With relative-step: whether the rate rises by 1e-6 a step at first."),
      Field("clip-threshold", \.clipThreshold, "Updates of a larger root mean square are made smaller.", .above(0)),
      Field("decay-rate", \.decayRate, "The exponent by which the second moment's memory grows.", .range(-1...0)),
      Field("beta1", \.beta1, "How much of the updates' running mean is kept; 0 keeps none.", .range(0..<1)),
      Field("weight-decay", \.weightDecay, "The share of a weight taken away each step, times the rate.", .range(0...)),
    ]
  }

  /// The optimiser.
  public func make(_ parameters: [OptimizedParameter]) -> any Optimizer { Adafactor(parameters, settings: self) }

  /// Rows and columns of a matrix, a whole vector; the updates' running mean where it is kept.
  public func stateCount(of shape: [Int]) -> Int {
    let all = shape.reduce(1, *)
    let second = shape.count > 1 ? all / shape[shape.count - 1] + all / shape[shape.count - 2] : all
    return second + (beta1 > 0 ? all : 0)
  }
}

/// Adafactor (Shazeer and Stern 2018).
public final class Adafactor: Optimizer {
  /// The second moment of one weight: whole for a vector, by rows and columns for anything larger.
  private enum Moment {
    case whole(Tensor)
    case factored(rows: Tensor, columns: Tensor)
  }

  private let parameters: [OptimizedParameter]
  private let settings: AdafactorSettings
  private var moments: [Moment]
  private var first: [Tensor]
  /// Steps taken.
  public private(set) var steps = 0
  private static let squareFloor = 1e-30
  private static let sizeFloor = 1e-3

  /// An optimiser over `parameters` that has taken no step.
  public init(_ parameters: [OptimizedParameter], settings: AdafactorSettings) {
    self.parameters = parameters
    self.settings = settings
    moments = parameters.map { entry in
      let shape = entry.parameter.shape
      let device = entry.parameter.tensor.device
      guard shape.count > 1 else { return .whole(.zeros(shape, on: device)) }
      return .factored(
        rows: .zeros(Array(shape.dropLast()), on: device),
        columns: .zeros(shape.dropLast(2) + [shape[shape.count - 1]], on: device))
    }
    first =
      settings.beta1 > 0
      ? parameters.map { Tensor.zeros($0.parameter.shape, on: $0.parameter.tensor.device) } : []
  }

  /// Changes every weight that has a gradient.
  public func step(rate: Double, gradientScale: Double) {
    steps += 1
    let keep = 1 - pow(Double(steps), settings.decayRate)
    withoutGradients {
      for (index, entry) in parameters.enumerated() {
        guard let raw = entry.parameter.tensor.gradient else { continue }
        let gradient = raw.to(.float32) * gradientScale
        let weight = entry.wide
        let squares = gradient * gradient + Self.squareFloor
        var update = gradient * scale(of: moments[index], adding: squares, keep: keep)
        let size = rootMeanSquare(update)
        update = update / max(1, size / settings.clipThreshold)
        let rate = rate * entry.rate * ownRate(rootMeanSquare(weight))
        update = update * rate
        if settings.beta1 > 0 {
          first[index].scale(by: settings.beta1)
          first[index].add(update, scale: 1 - settings.beta1)
          update = first[index]
        }
        if settings.weightDecay > 0 { weight.scale(by: 1 - settings.weightDecay * rate) }
        weight.add(update, scale: -1)
        entry.round()
      }
    }
  }

  /// The learning rate for a weight of the given size.
  private func ownRate(_ size: Double) -> Double {
    var rate = settings.learningRate
    if settings.relativeStep {
      let most = settings.warmupInit ? 1e-6 * Double(steps) : 1e-2
      rate *= min(most, 1 / Double(steps).squareRoot())
    }
    return settings.scaleParameter ? rate * max(Self.sizeFloor, size) : rate
  }

  /// Brings a second moment up to date; returns one over its root.
  private func scale(of moment: Moment, adding squares: Tensor, keep: Double) -> Tensor {
    switch moment {
    case .whole(let mean):
      mean.scale(by: keep)
      mean.add(squares, scale: 1 - keep)
      return mean.reciprocalSquareRoot
    case .factored(let rows, let columns):
      rows.scale(by: keep)
      rows.add(squares.mean(along: -1), scale: 1 - keep)
      columns.scale(by: keep)
      columns.add(squares.mean(along: -2), scale: 1 - keep)
      let share = (rows / rows.mean(along: -1, keepingDimension: true)).reciprocalSquareRoot
      return share.unsqueezed(-1) * columns.reciprocalSquareRoot.unsqueezed(-2)
    }
  }

  private func rootMeanSquare(_ tensor: Tensor) -> Double { (tensor * tensor).mean.scalar.squareRoot() }

  /// The moments and masters.
  public var state: [(name: String, tensor: Tensor)] {
    var state: [(name: String, tensor: Tensor)] = []
    for (index, entry) in parameters.enumerated() {
      switch moments[index] {
      case .whole(let mean): state.append(("second.\(entry.name)", mean))
      case .factored(let rows, let columns):
        state.append(("second.rows.\(entry.name)", rows))
        state.append(("second.columns.\(entry.name)", columns))
      }
      if settings.beta1 > 0 { state.append(("first.\(entry.name)", first[index])) }
    }
    return state + parameters.masters
  }

  /// Takes saved moments and masters back.
  public func restore(steps: Int, _ saved: (String) -> Tensor?) throws {
    try take(saved, into: state)
    self.steps = steps
  }
}
