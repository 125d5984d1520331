import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining
import TestSupport
import Testing

@Suite("Ten steps of AdamW against transformers")
struct TenStepsTests {
  static let names = [
    "t5-v1_0", "t5-v1_1", "mt5", "bart", "bart-scaled", "llama-grouped", "llama-scaled", "gpt2", "neox", "neox-serial",
    "mistral", "qwen2", "qwen3", "gemma", "gemma2",
  ]

  @Test("Losses", arguments: names)
  func losses(name: String) throws {
    let model = try ModelFolder.load(Goldens.url("models/\(name)"), dtype: .float32)
    model.own()
    let file = try SafetensorsFile(Goldens.url("models/\(name).safetensors"))
    let json = try JSONValue(parsing: Data(contentsOf: Goldens.url("models/\(name).json")))
    let expected = (json["adamw_losses"]?.array ?? []).compactMap { $0.double }
    try #require(expected.count == 10)
    let weights = TrainingRun.prepareWeights(model, .fp32)
    try Self.follow(expected, of: model, file, weights, rate: 1e-3, within: 1e-4)
  }

  @Test("Ten steps of the biases alone give torch's losses", arguments: ["gpt2", "bart", "neox", "qwen2"])
  func biases(name: String) throws {
    let model = try ModelFolder.load(Goldens.url("models/\(name)"), dtype: .float32)
    model.own()
    let file = try SafetensorsFile(Goldens.url("models/\(name).safetensors"))
    let json = try JSONValue(parsing: Data(contentsOf: Goldens.url("biases.json")))
    let expected = try #require(json[name]?["losses"]?.array).compactMap(\.double)
    let weights = TrainingRun.prepareWeights(model, .fp32, part: .biases)
    #expect(weights.reduce(0) { $0 + $1.parameter.count } == json[name]?["trained"]?.int)
    let learned = Set(weights.map { ObjectIdentifier($0.parameter) })
    try Self.follow(expected, of: model, file, weights, rate: 1e-2, within: 1e-3) {
      #expect(
        model.parameters.allSatisfy { learned.contains(ObjectIdentifier($0)) || $0.tensor.gradient == nil })
    }
  }

  @Test("Ten steps over masked tokens give transformers' losses", arguments: ["roberta-masked", "distilbert-masked"])
  func masked(name: String) throws {
    let model = try EncoderFolder(Goldens.url("encoders/\(name)")).maskedLanguageModel(dtype: .float32)
    model.own()
    let file = try SafetensorsFile(Goldens.url("encoders/\(name).safetensors"))
    let json = try JSONValue(parsing: Data(contentsOf: Goldens.url("encoders/\(name).json")))
    let batch = try Self.maskedBatch(file)
    let objective = MaskedTokenObjective(model)
    let weights = TrainingRun.prepareWeights(model, .fp32)
    #expect(objective.units(batch) > 4)
    try Self.follow(
      (json["adamw_losses"]?.array ?? []).compactMap(\.double), weights, rate: 1e-3, within: 1e-4
    ) {
      objective.loss(batch, weight: 1 / Double(objective.units(batch)), training: true).sum
    }
  }

  /// A golden batch of an encoder: its tokens, and as targets those that have labels.
  private static func maskedBatch(_ file: SafetensorsFile) throws -> SequenceBatch {
    let ids = try #require(file.tensor("input_ids"))
    let (width, numbers) = (ids.size(1), ids.integers)
    let labels = try #require(file.tensor("labels")).integers
    let lengths = try #require(file.tensor("attention_mask")).sum(along: 1).integers
    let examples = lengths.enumerated().map { row, length in
      let places = (0..<length).filter { labels[row * width + $0] >= 0 }
      return RenderedExample(
        row: row, source: (0..<length).map { Int32(numbers[row * width + $0]) },
        target: places.map { Int32(labels[row * width + $0]) }, supervised: 0..<places.count, endIsSupervised: false,
        places: places.map(Int32.init))
    }
    return SequenceBatch(Array(examples.indices), of: examples, paddingID: 1)
  }

  /// Ten steps over the golden batch of a language model.
  static func follow(
    _ expected: [Double], of model: any LanguageModel, _ file: SafetensorsFile, _ weights: [OptimizedParameter],
    rate: Double, within allowed: Double, _ check: () -> Void = {}
  ) throws {
    try follow(expected, weights, rate: rate, within: allowed, check) { try loss(of: model, file) }
  }

  /// Ten steps of AdamW, with torch's settings, whose losses are those expected; `check` looks at each step's gradients.
  private static func follow(
    _ expected: [Double], _ weights: [OptimizedParameter], rate: Double, within allowed: Double,
    _ check: () -> Void = {}, _ compute: () throws -> Tensor
  ) throws {
    try #require(expected.count == 10)
    var settings = AdamWSettings()
    (settings.learningRate, settings.weightDecay, settings.decayVectors) = (rate, 0.01, true)
    let optimizer = settings.make(weights)
    for step in 0..<10 {
      let loss = try compute()
      #expect(abs(loss.scalar - expected[step]) < allowed, "step \(step + 1)")
      loss.backward()
      check()
      optimizer.step(rate: 1, gradientScale: 1)
      for weight in weights { weight.parameter.tensor.setGradient(nil) }
    }
  }

  /// The mean loss of the golden batch, by the fused cross-entropy that training uses.
  static func loss(of model: any LanguageModel, _ file: SafetensorsFile) throws -> Tensor {
    let mask = try #require(file.tensor("attention_mask"))
    let ids = try #require(file.tensor("input_ids"))
    let rows = TokenRows(ids: ids, lengths: mask.sum(along: 1).integers)
    var labels = try #require(file.tensor("labels"))
    let hidden: Tensor
    if let decoded = file.tensor("decoder_input_ids") {
      let full = TokenRows(ids: decoded, lengths: Array(repeating: decoded.size(1), count: decoded.size(0)))
      hidden = model.hidden(TokenBatch(source: rows, target: full), mode: .training)
    } else {
      let all = model.hidden(TokenBatch(target: rows), mode: .training)
      hidden = all.sliced(1, 0..<all.size(1) - 1)
      labels = labels.sliced(1, 1..<labels.size(1))
    }
    let visible = (labels .!= -100.0).to(.float32)
    return model.head.crossEntropies(
      hidden.reshaped([-1, hidden.size(2)]), targets: labels.masked(by: labels .== -100.0, with: 0).reshaped([-1]),
      coefficients: (visible / visible.sum.scalar).reshaped([-1])
    ).sum
  }
}
