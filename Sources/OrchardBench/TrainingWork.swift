import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining

extension OrchardBench {
  /// A fine-tuning step, of the same parts as a training run's: of all weights, of `lora` (r = 16 on queries and values),
  /// or of a soft `prompt` of 100 tokens.
  ///
  /// One unit is a token, the target's included.
  static func trainingStep(
    checkpoint: URL, batch rows: Int, length: Int, targetLength: Int, precision: String, adapter kind: String? = nil
  ) throws -> () throws -> Int {
    guard let dtype = TrainingPrecision(rawValue: precision) else {
      throw EngineError("unknown type of numbers “\(precision)”; use fp32 or bf16")
    }
    Engine.seed(0)
    let model = try ModelFolder.load(checkpoint, dtype: .float32)
    let adapter = try kind.map { try Adapter(adapterSettings($0), on: model) }
    if adapter == nil { model.own() }
    let weights = TrainingRun.prepareWeights(model, dtype, adapter: adapter)
    var settings = AdamWSettings()
    settings.learningRate = 1e-4
    let optimizer = settings.make(weights)
    let objective = CompletionObjective(model)
    let examples = (0..<rows).map { row in
      example(row: row, length: length, targetLength: targetLength, model.properties)
    }
    let batch = SequenceBatch(Array(examples.indices), of: examples, paddingID: 0)
    return {
      try learn(
        objective.loss(batch, weight: 1 / Double(objective.units(batch)), training: true).sum, weights, optimizer)
      return batch.tokenCount
    }
  }

  /// An update of weights by a loss: backward, gradients clipped to a norm of 1, the optimiser's step.
  static func learn(_ loss: Tensor, _ weights: [OptimizedParameter], _ optimizer: any Optimizer) throws {
    guard loss.scalar.isFinite else { throw EngineError("the loss is not a number") }
    loss.backward()
    let norm = Tensor.norm(of: weights.compactMap { $0.parameter.tensor.gradient })
    optimizer.step(rate: 1, gradientScale: norm > 1 ? 1 / (norm + 1e-6) : 1)
    for weight in weights { weight.parameter.tensor.setGradient(nil) }
  }

  private static func adapterSettings(_ kind: String) throws -> any AdapterSettings {
    switch kind {
    case "lora": return LoRASettings()
    case "prompt":
      var settings = PromptTuningSettings()
      settings.virtualTokens = 100
      return settings
    default: throw EngineError("unknown kind of tuning “\(kind)”; use lora or prompt")
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
