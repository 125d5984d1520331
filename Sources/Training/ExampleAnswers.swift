import Foundation
import OrchardDatasets
import OrchardGeneration
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// What a model in training says to examples.
protocol ExampleAnswers {
  /// The answers, each token the likeliest, of at most `newTokens` tokens where the model decides their number.
  func texts(for examples: [RenderedExample], newTokens: Int) throws -> [String]
}

extension RenderedExample {
  /// What a model reads before it answers.
  var prompt: [Int32] { source.isEmpty ? Array(target[..<supervised.lowerBound]) : source }
}

/// What a language model writes.
struct GreedyAnswers: ExampleAnswers {
  let model: any LanguageModel
  let tokenizer: Tokenizer

  func texts(for examples: [RenderedExample], newTokens: Int) throws -> [String] {
    var settings = GenerationSettings()
    settings.maxNewTokens = newTokens
    var decoding = try Decoding(
      model, examples.map { TokenPrompt($0.prompt.map(Int.init)) }, settings: settings)
    return try decoding.finish().map { tokenizer.decode($0.tokens, skipSpecialTokens: true) }
  }
}

/// What a classifier finds: the likeliest label with its probability, or the score of an answer.
struct ScoredAnswers: ExampleAnswers {
  let model: any SequenceClassifier

  func texts(for examples: [RenderedExample], newTokens _: Int) -> [String] {
    let batch = SequenceBatch(Array(examples.indices), of: examples, paddingID: 0)
    let numbers = withoutGradients { model.scores(model.logits(batch)).floats }
    let count = model.labels.count
    return examples.indices.map { row in
      let own = zip(model.labels, numbers[row * count..<(row + 1) * count])
      guard let best = own.max(by: { $0.1 < $1.1 }) else { return "" }
      return "\(best.0) " + String(format: "%.3f", best.1)
    }
  }
}

/// What a text encoder takes hidden tokens for, one after the other.
struct FilledAnswers: ExampleAnswers {
  let model: MaskedLanguageModel
  let tokenizer: Tokenizer

  func texts(for examples: [RenderedExample], newTokens _: Int) -> [String] {
    let batch = SequenceBatch(Array(examples.indices), of: examples, paddingID: 0)
    let hidden = MaskedTokenObjective.hiddenTokens(batch)
    let likeliest = withoutGradients {
      let states = MaskedTokenObjective.states(batch, at: hidden, of: model, mode: .inference)
      return model.head(states).indexOfMaximum(along: 1).integers
    }
    let rows = Dictionary(grouping: zip(hidden, likeliest)) { $0.0 / batch.targetWidth }
    return examples.indices.map { tokenizer.decode((rows[$0] ?? []).map(\.1), skipSpecialTokens: true) }
  }
}
