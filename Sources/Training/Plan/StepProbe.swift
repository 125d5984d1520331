import Dispatch
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors

/// How fast real steps of a recipe are, and how long the whole takes by that.
public struct StepProbe: Sendable {
  /// Steps that were timed.
  public let steps: Int
  /// Seconds that they took.
  public let seconds: Double
  /// Tokens a second that are no padding.
  public let tokensPerSecond: Double
  /// Seconds for each token that is computed, padding included: passes alone.
  let secondsPerToken: Double
  /// Seconds of a step that do not grow with its tokens: norm, optimiser.
  let secondsPerStep: Double

  /// Takes steps for about `budget` seconds on a model's own batches; the weights change.
  ///
  /// The first step, which sets much up for good, is not counted.
  init(
    _ objective: any Objective, _ weights: [OptimizedParameter], _ optimizer: any Optimizer,
    _ stream: BatchStream, accumulation: Int, budget: Double
  ) {
    func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
    var stream = stream
    var (steps, tokens, padded, passes, rest) = (0, 0, 0, 0.0, 0.0)
    let started = now()
    for number in 0... {
      let batches = (0..<accumulation).map { _ in stream.next() }
      let units = batches.reduce(0) { $0 + objective.units($1) }
      let begun = now()
      for batch in batches {
        let loss = objective.loss(batch, weight: 1 / Double(units), training: true).sum
        _ = loss.scalar
        loss.backward()
      }
      let passed = now()
      let norm = Tensor.norm(of: weights.compactMap { $0.parameter.tensor.gradient })
      // A rate of next to nothing: the work is the same, and the weights stay where they are.
      optimizer.step(rate: 1e-12, gradientScale: norm > 1 ? 1 / norm : 1)
      for weight in weights { weight.parameter.tensor.setGradient(nil) }
      let ended = now()
      if number > 0 {
        steps += 1
        tokens += batches.reduce(0) { $0 + $1.tokenCount }
        padded += batches.reduce(0) { $0 + $1.shape.tokens }
        passes += passed - begun
        rest += ended - passed
      }
      // At least two steps are counted, however slow they are.
      if steps >= 2, ended - started >= budget { break }
    }
    self.steps = steps
    seconds = passes + rest
    tokensPerSecond = Double(tokens) / max(1e-9, passes + rest)
    secondsPerToken = passes / Double(max(1, padded))
    secondsPerStep = rest / Double(max(1, steps))
  }

  /// The seconds of `steps` steps over batches of these shapes.
  func seconds(steps: Int, _ shapes: [BatchShape]) -> Double {
    Double(steps) * secondsPerStep + Double(shapes.reduce(0) { $0 + $1.tokens }) * secondsPerToken
  }

  /// The figures by name.
  public var json: JSONValue {
    ["steps": .integer(steps), "seconds": .number(seconds), "tokens_per_second": .number(tokensPerSecond)]
  }
}
