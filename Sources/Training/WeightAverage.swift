import Foundation
import OrchardLayers
import OrchardTensors

/// An exponential moving average of the trained weights, in fp32: steadier than the last ones.
///
/// After step t the average moves by 1 - min(d, (1 + t) / (10 + t)) towards the weights, so that it leaves its
/// beginning soon (Polyak and Juditsky 1992; the ramp is TensorFlow's).
final class WeightAverage {
  static let file = "average.safetensors"

  private let weights: [OptimizedParameter]
  private let decay: Double
  private let averages: [Tensor]

  init(_ weights: [OptimizedParameter], decay: Double) {
    self.weights = weights
    self.decay = decay
    averages = withoutGradients { weights.map { $0.wide.to(.float32).copied } }
  }

  func update(after step: Int) {
    let kept = min(decay, Double(1 + step) / Double(10 + step))
    withoutGradients {
      for (weight, average) in zip(weights, averages) {
        average.assign(average * kept + weight.wide.to(.float32) * (1 - kept))
      }
    }
  }

  /// With the averages in the weights' place.
  func inPlace<Result>(_ body: () throws -> Result) rethrows -> Result {
    let tensors = weights.map(\.parameter.tensor.detached)
    let own = withoutGradients { tensors.map(\.copied) }
    func put(_ values: [Tensor]) {
      withoutGradients { for (tensor, value) in zip(tensors, values) { tensor.assign(value) } }
    }
    put(averages)
    defer { put(own) }
    return try body()
  }

  /// Writes the averages, and the weights that training goes on with.
  func save(to folder: URL) throws {
    let tensors = zip(weights, averages).flatMap { weight, average in
      [("average.\(weight.name)", average), ("weight.\(weight.name)", weight.parameter.tensor.detached)]
    }
    try SafetensorsWriter.write(tensors, to: folder.appending(path: Self.file))
  }

  /// Takes back what `save` has written.
  ///
  /// - Throws: `EngineError` where the file cannot be read; `TrainingError` where it does not fit the weights.
  func restore(from folder: URL) throws {
    let file = try SafetensorsFile(folder.appending(path: Self.file))
    try take(
      { file.tensor($0) },
      into: zip(weights, averages).flatMap { weight, average in
        [("average.\(weight.name)", average), ("weight.\(weight.name)", weight.parameter.tensor.detached)]
      })
  }
}
