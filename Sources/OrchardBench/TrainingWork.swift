import Foundation
import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining

extension OrchardBench {
  /// A full fine-tuning step, of the same parts as a training run's.
  ///
  /// One unit is a token, the target's included.
  static func trainingStep(
    checkpoint: URL, batch rows: Int, length: Int, targetLength: Int, precision: String
  ) throws -> () throws -> Int {
    guard let dtype = TrainingPrecision(rawValue: precision) else {
      throw EngineError("unknown type of numbers “\(precision)”; use fp32 or bf16")
    }
    Engine.seed(0)
    let model = try ModelFolder.load(checkpoint, dtype: .float32)
    model.own()
    let weights = TrainingRun.prepareWeights(model, dtype)
    var settings = AdamWSettings()
    settings.learningRate = 1e-4
    let optimizer = settings.make(weights)
    let objective = CompletionObjective()
    let examples = (0..<rows).map { row in
      example(row: row, length: length, targetLength: targetLength, model.properties)
    }
    let batch = SequenceBatch(Array(examples.indices), of: examples, paddingID: 0)
    return {
      let loss = objective.loss(batch, of: model, weight: 1 / Double(objective.units(batch)), training: true)
      guard loss.scalar.isFinite else { throw EngineError("the loss is not a number") }
      loss.backward()
      let norm = Tensor.norm(of: weights.compactMap { $0.parameter.tensor.gradient })
      optimizer.step(rate: 1, gradientScale: norm > 1 ? 1 / (norm + 1e-6) : 1)
      for weight in weights { weight.parameter.tensor.setGradient(nil) }
      return batch.tokenCount
    }
  }

  /// Random ids; a decoder's target is its input, and every token of it but the first is learned.
  private static func example(
    row: Int, length: Int, targetLength: Int, _ properties: ModelProperties
  ) -> RenderedExample {
    let source = prompt(length: length, vocabulary: properties.vocabularySize, row: row).map { Int32($0) }
    guard properties.kind == .encoderDecoder else {
      return RenderedExample(
        row: row, source: [], target: source, supervised: 1..<source.count, endIsSupervised: false)
    }
    let target = prompt(length: targetLength, vocabulary: properties.vocabularySize, row: row + 1000).map { Int32($0) }
    return RenderedExample(
      row: row, source: source, target: target, supervised: 0..<target.count, endIsSupervised: false)
  }
}
