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

/// What a text encoder takes hidden tokens for, one after the other.
struct FilledAnswers: ExampleAnswers {
  let model: MaskedLanguageModel
  let tokenizer: Tokenizer

  func texts(for examples: [RenderedExample], newTokens _: Int) -> [String] {
    examples.map { example in
      withoutGradients {
        let batch = SequenceBatch([0], of: [example], paddingID: 0)
        let hidden = MaskedTokenObjective.hiddenTokens(batch)
        let states = MaskedTokenObjective.states(batch, at: hidden, of: model, mode: .inference)
        return tokenizer.decode(model.head(states).top(1).indices.integers, skipSpecialTokens: true)
      }
    }
  }
}
