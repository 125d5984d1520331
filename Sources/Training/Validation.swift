import OrchardDatasets
import OrchardGeneration
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// The held-out rows of a run: their loss, task by task, and answers to a few of them.
struct Validation {
  private let tasks: [(name: String, batches: [SequenceBatch])]
  private let examples: [RenderedExample]
  private let watch: WatchSettings

  init(_ datasets: [(name: String, dataset: RenderedDataset)], size: Int, paddingID: Int, watch: WatchSettings) {
    tasks = datasets.map { ($0.name, BatchStream.once($0.dataset, size: size, paddingID: paddingID)) }
    examples = datasets.flatMap { _, dataset in
      dataset.examples.indices.prefix(watch.samples).map { dataset.example($0, epoch: 0) }
    }
    self.watch = watch
  }

  /// The mean loss of all supervised tokens, in nats, and where there are several tasks that of each.
  func loss(of model: any LanguageModel, objective: any Objective) -> (all: Double, tasks: [TaskLoss]) {
    withoutGradients {
      let sums = tasks.map { task in
        let sum = task.batches.reduce(0.0) { $0 + objective.loss($1, of: model, weight: 1, training: false).scalar }
        return (sum: sum, units: task.batches.reduce(0) { $0 + objective.units($1) })
      }
      let units = sums.reduce(0) { $0 + $1.units }
      let own = zip(tasks, sums).map { TaskLoss(task: $0.name, loss: $1.sum / Double(max(1, $1.units))) }
      return (sums.reduce(0) { $0 + $1.sum } / Double(max(1, units)), tasks.count > 1 ? own : [])
    }
  }

  /// Greedy answers to the first rows of each task.
  func samples(of model: any LanguageModel, tokenizer: Tokenizer) throws -> [EvaluationReport.Sample] {
    guard !examples.isEmpty else { return [] }
    func text(_ ids: ArraySlice<Int32>) -> String { tokenizer.decode(ids.map(Int.init), skipSpecialTokens: true) }
    let answers = try GreedyAnswers.texts(for: examples, of: model, tokenizer: tokenizer, newTokens: watch.sampleTokens)
    return zip(examples, answers).map { example, answer in
      EvaluationReport.Sample(
        prompt: text(example.prompt[...]), reference: text(example.target[example.supervised]), answer: answer)
    }
  }
}

extension RenderedExample {
  /// What a model reads before it answers.
  var prompt: [Int32] { source.isEmpty ? Array(target[..<supervised.lowerBound]) : source }
}

/// What a model answers to rendered prompts, each token the likeliest.
enum GreedyAnswers {
  static func texts(
    for examples: [RenderedExample], of model: any LanguageModel, tokenizer: Tokenizer, newTokens: Int
  ) throws -> [String] {
    var settings = GenerationSettings()
    settings.maxNewTokens = newTokens
    var decoding = try Decoding(
      model, examples.map { TokenPrompt($0.prompt.map(Int.init)) }, settings: settings)
    return try decoding.finish().map { tokenizer.decode($0.tokens, skipSpecialTokens: true) }
  }
}
