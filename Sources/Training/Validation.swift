import OrchardDatasets
import OrchardGeneration
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// The held-out rows of a run: their loss, and answers to a few of them.
struct Validation {
  private let batches: [SequenceBatch]
  private let examples: [RenderedExample]
  private let watch: WatchSettings

  init(_ dataset: RenderedDataset, size: Int, paddingID: Int, watch: WatchSettings) {
    batches = BatchStream.once(dataset, size: size, paddingID: paddingID)
    examples = Array(dataset.examples.prefix(watch.samples))
    self.watch = watch
  }

  /// The mean loss of all supervised tokens, in nats.
  func loss(of model: any LanguageModel, objective: any Objective) -> Double {
    withoutGradients {
      let sum = batches.reduce(0.0) { $0 + objective.loss($1, of: model, weight: 1, training: false).scalar }
      return sum / Double(max(1, batches.reduce(0) { $0 + objective.units($1) }))
    }
  }

  /// Greedy answers to the first rows.
  func samples(of model: any LanguageModel, tokenizer: Tokenizer) throws -> [EvaluationReport.Sample] {
    guard !examples.isEmpty else { return [] }
    func text(_ ids: ArraySlice<Int32>) -> String { tokenizer.decode(ids.map(Int.init), skipSpecialTokens: true) }
    let prompts = examples.map { example in
      example.source.isEmpty ? Array(example.target[..<example.supervised.lowerBound]) : example.source
    }
    var settings = GenerationSettings()
    settings.maxNewTokens = watch.sampleTokens
    var decoding = try Decoding(model, prompts.map { TokenPrompt($0.map(Int.init)) }, settings: settings)
    let answers = try decoding.finish()
    return examples.indices.map { index in
      EvaluationReport.Sample(
        prompt: text(prompts[index][...]), reference: text(examples[index].target[examples[index].supervised]),
        answer: tokenizer.decode(answers[index].tokens, skipSpecialTokens: true))
    }
  }
}
