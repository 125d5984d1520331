import Foundation
import OrchardAdapters
import OrchardAlignment
import OrchardDatasets
import OrchardGeneration
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTokenizers
import OrchardTraining

extension OrchardBench {
  /// The lines of a reward model's `answers.txt`, prompt and answer with a tab between them, to scores in batches of 16.
  ///
  /// One unit is an answer.
  static func rewarding(checkpoint: URL, precision: String) throws -> () throws -> Int {
    guard let dtype = ["fp32": DType.float32, "bf16": DType.bfloat16][precision] else {
      throw EngineError("unknown type of numbers “\(precision)”; use fp32 or bf16")
    }
    let reward = try RewardModel(folder: checkpoint, dtype: dtype)
    let texts = try lines(of: checkpoint.appending(path: "answers.txt")).map { line in
      let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
      return (prompt: parts[0], answer: parts.count > 1 ? parts[1] : "")
    }
    return { try reward.scores(of: texts).count }
  }

  /// A PPO step of the same parts as a run's: 16 prompts of 128 ids are answered with 48 new tokens, and learned from in 4
  /// passes of minibatches of 4, by a LoRA of r = 16 on queries and values.
  ///
  /// One unit is an answer.
  static func policyStep(checkpoint: URL, precision: String) throws -> () throws -> Int {
    let work = try PolicyWork(checkpoint, precision)
    var step = 0
    return {
      try work.objective.begin([work.prompts], step: step)
      step += 1
      while let loss = try work.objective.nextLoss() { try learn(loss, work.learned, work.optimizer) }
      guard work.objective.outcome.learnedTokens >= 16 * 40 else {
        throw EngineError("only \(work.objective.outcome.learnedTokens) tokens were drawn")
      }
      return work.prompts.count
    }
  }

  /// What a PPO step cannot do without: its `generation`, or the model's `passes` over prompts with answers as long.
  ///
  /// One unit is an answer; what a step takes beyond both is spent outside of them.
  static func policyPart(_ part: String, checkpoint: URL, precision: String) throws -> () throws -> Int {
    let work = try PolicyWork(checkpoint, precision)
    switch part {
    case "generation":
      var settings = GenerationSettings()
      (settings.maxNewTokens, settings.sample) = (48, true)
      let prompts = (0..<work.prompts.count).map { row in
        TokenPrompt(work.prompts.prompt(row).tokens.map(Int.init), sample: row)
      }
      return {
        settings.seed += 1
        var decoding = try Decoding(work.model, prompts, settings: settings)
        return try decoding.finish().count
      }
    case "passes":
      let answered = work.answered
      return {
        withoutGradients {
          _ = work.objective.loss(answered, weight: 1, training: false).sum.scalar
          work.adapter.isOn = false
          _ = work.objective.loss(answered, weight: 1, training: false).sum.scalar
          work.adapter.isOn = true
        }
        for minibatch in 0..<16 {
          let rows = (0..<4).map { (minibatch * 4 + $0) % 16 }
          work.objective.loss(answered.rows(rows), weight: 1, training: true).sum.backward()
        }
        for entry in work.learned { entry.parameter.tensor.setGradient(nil) }
        return answered.count
      }
    default: throw EngineError("unknown part of a step “\(part)”; there are generation and passes")
    }
  }

  /// A model with a LoRA that learns by PPO, and the prompts that it answers.
  private struct PolicyWork {
    let model: any LanguageModel
    let adapter: Adapter
    let objective: any SteppedObjective
    let learned: [OptimizedParameter]
    let optimizer: any Optimizer
    let prompts: SequenceBatch
    /// The prompts with answers of 48 tokens.
    let answered: SequenceBatch

    init(_ checkpoint: URL, _ precision: String) throws {
      let weights: [OptimizedParameter]
      (model, adapter, weights) = try adapted(checkpoint, precision)
      var length = LengthRewardSettings()
      length.words = 20
      var settings = PPOSettings()
      settings.policy.rewards = [RewardSource(length)]
      (settings.policy.newTokens, settings.policy.epochs, settings.policy.minibatch) = (48, 4, 4)
      objective = try MethodWork.policy(settings, of: adapter, tokenizer: try Tokenizer(folder: checkpoint))
      learned =
        weights
        + objective.learned.map { entry in
          entry.parameter.tensor.setRequiresGradient(true)
          return OptimizedParameter(name: entry.name, parameter: entry.parameter)
        }
      optimizer = OrchardBench.optimizer(learned)
      let properties = model.properties
      func batch(answers length: Int) -> SequenceBatch {
        let examples = (0..<16).map { row in
          func ids(_ length: Int, _ row: Int) -> [Int32] {
            OrchardBench.prompt(length: length, vocabulary: properties.vocabularySize, row: row).map { Int32($0) }
          }
          let (asked, answer) = (ids(128, row), ids(length, 100 + row))
          let isDecoder = properties.kind == .decoderOnly
          let target = isDecoder ? asked + answer : answer
          return RenderedExample(
            row: row, source: isDecoder ? [] : asked, target: target,
            supervised: target.count - answer.count..<target.count, endIsSupervised: false)
        }
        return SequenceBatch(Array(examples.indices), of: examples, paddingID: 0)
      }
      prompts = batch(answers: properties.kind == .decoderOnly ? 0 : 1)
      answered = batch(answers: 48)
    }
  }

  /// A DPO step: 4 pairs with prompts of 128 ids and answers of 64, by a LoRA; the original's log-probabilities are
  /// computed in it, as they are in a run's first pass over its data.
  ///
  /// One unit is a pair.
  static func directStep(checkpoint: URL, precision: String) throws -> () throws -> Int {
    let (model, adapter, weights) = try adapted(checkpoint, precision)
    let optimizer = optimizer(weights)
    let vocabulary = model.properties.vocabularySize
    let examples = (0..<8).map { number in
      let ids = prompt(length: 128, vocabulary: vocabulary, row: number / 2).map { Int32($0) }
      let answer = prompt(length: 64, vocabulary: vocabulary, row: 100 + number).map { Int32($0) }
      let isDecoder = model.properties.kind == .decoderOnly
      var example = RenderedExample(
        row: number / 2, source: isDecoder ? [] : ids, target: isDecoder ? ids + answer : answer,
        supervised: isDecoder ? 128..<192 : 0..<64, endIsSupervised: false)
      example.grade = number % 2 == 0 ? 1 : 0
      return example
    }
    let batch = SequenceBatch(Array(examples.indices), of: examples, paddingID: 0)
    return {
      let objective = MethodWork.direct(DPOSettings(), of: adapter)
      try learn(
        objective.loss(batch, weight: 1 / Double(objective.units(batch)), training: true).sum, weights, optimizer)
      return objective.units(batch)
    }
  }

  private static func adapted(
    _ checkpoint: URL, _ precision: String
  ) throws -> (model: any LanguageModel, adapter: Adapter, weights: [OptimizedParameter]) {
    guard let dtype = TrainingPrecision(rawValue: precision) else {
      throw EngineError("unknown type of numbers “\(precision)”; use fp32 or bf16")
    }
    Engine.seed(0)
    let model = try ModelFolder.load(checkpoint, dtype: .float32)
    let adapter = try Adapter(LoRASettings(), on: model)
    return (model, adapter, TrainingRun.prepareWeights(model, dtype, adapter: adapter))
  }

  private static func optimizer(_ weights: [OptimizedParameter]) -> any Optimizer {
    var settings = AdamWSettings()
    settings.learningRate = 1e-5
    return settings.make(weights)
  }
}
