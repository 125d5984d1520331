import OrchardDatasets
import OrchardTensors
import OrchardTokenizers

/// The held-out rows of a run: their loss, task by task, and answers to a few of them.
struct Validation {
  private let tasks: [(name: String, batches: [SequenceBatch])]
  private let examples: [RenderedExample]
  /// For each of these whether its prompt has tokens that stand for what is hidden, and are shown.
  private let hasGaps: [Bool]
  private let watch: WatchSettings

  init(_ datasets: [(name: String, dataset: RenderedDataset)], size: Int, paddingID: Int, watch: WatchSettings) {
    tasks = datasets.map { ($0.name, BatchStream.once($0.dataset, size: size, paddingID: paddingID)) }
    let shown = datasets.flatMap { _, dataset in
      dataset.examples.indices.prefix(watch.samples).map {
        (example: dataset.example($0, epoch: 0), hasGaps: dataset.examples[$0].isUncorrupted)
      }
    }
    examples = shown.map(\.example)
    hasGaps = shown.map(\.hasGaps)
    self.watch = watch
  }

  /// The mean loss of all supervised tokens, in nats, and where there are several tasks that of each.
  func loss(_ objective: any Objective) -> (all: Double, tasks: [TaskLoss]) {
    withoutGradients {
      let sums = tasks.map { task in
        let sum = task.batches.reduce(0.0) { $0 + objective.loss($1, weight: 1, training: false).sum.scalar }
        return (sum: sum, units: task.batches.reduce(0) { $0 + objective.units($1) })
      }
      let units = sums.reduce(0) { $0 + $1.units }
      let own = zip(tasks, sums).map { TaskLoss(task: $0.name, loss: $1.sum / Double(max(1, $1.units))) }
      return (sums.reduce(0) { $0 + $1.sum } / Double(max(1, units)), tasks.count > 1 ? own : [])
    }
  }

  /// Greedy answers to the first rows of each task.
  func samples(_ answers: any ExampleAnswers, tokenizer: Tokenizer) throws -> [EvaluationReport.Sample] {
    guard !examples.isEmpty else { return [] }
    func text(_ ids: some Sequence<Int32>, special: Bool = false) -> String {
      tokenizer.decode(ids.map(Int.init), skipSpecialTokens: !special)
    }
    let texts = try answers.texts(for: examples, newTokens: watch.sampleTokens)
    return examples.indices.map { number in
      let example = examples[number]
      return EvaluationReport.Sample(
        prompt: text(example.prompt, special: hasGaps[number]), reference: text(example.target[example.supervised]),
        answer: texts[number])
    }
  }
}
