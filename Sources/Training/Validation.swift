import OrchardDatasets
import OrchardTensors
import OrchardTokenizers

/// The held-out rows of a run: their loss, task by task, and answers to a few of them.
struct Validation {
  private let tasks: [(name: String, batches: [SequenceBatch])]
  /// Rows that are answered, and whether the prompt has tokens that stand for what is hidden, and are shown.
  private let shown: [(example: RenderedExample, hasGaps: Bool)]
  private let watch: WatchSettings

  init(_ datasets: [(name: String, dataset: RenderedDataset)], size: Int, paddingID: Int, watch: WatchSettings) {
    tasks = datasets.map { ($0.name, BatchStream.once($0.dataset, size: size, paddingID: paddingID)) }
    shown = datasets.flatMap { _, dataset in
      dataset.examples.indices.prefix(watch.samples).map {
        (example: dataset.example($0, epoch: 0), hasGaps: dataset.examples[$0].isUncorrupted)
      }
    }
    self.watch = watch
  }

  /// What is found for the rows.
  struct Findings {
    /// The mean loss of all units.
    var loss: Double
    /// That of each task, where there are several.
    var tasks: [TaskLoss]
    /// What the objective tells beside it.
    var figures: [NamedFigure]
    /// Answers that an objective of several updates has drawn and judged; of others none.
    var samples: [EvaluationReport.Sample]
  }

  /// What an objective finds for the rows.
  ///
  /// - Throws: The error of what an objective of several updates works with.
  func findings(_ objective: any Objective) throws -> Findings {
    try withoutGradients {
      var figures = FigureSums(objective.figures)
      var samples: [EvaluationReport.Sample] = []
      let sums = try tasks.map { task in
        if let stepped = objective as? any SteppedObjective {
          let found = try stepped.evaluate(task.batches)
          figures.add(found.figures)
          samples += found.samples.prefix(watch.samples)
          return (sum: found.loss.sum, units: Int(found.loss.count))
        }
        let sum = task.batches.reduce(0.0) { sum, batch in
          let loss = objective.loss(batch, weight: 1, training: false)
          figures.add(loss)
          return sum + loss.sum.scalar
        }
        return (sum: sum, units: task.batches.reduce(0) { $0 + objective.units($1) })
      }
      let units = sums.reduce(0) { $0 + $1.units }
      let own = zip(tasks, sums).map { TaskLoss(task: $0.name, loss: $1.sum / Double(max(1, $1.units))) }
      return Findings(
        loss: sums.reduce(0) { $0 + $1.sum } / Double(max(1, units)), tasks: tasks.count > 1 ? own : [],
        figures: figures.means, samples: samples)
    }
  }

  /// Greedy answers to the first rows of each task.
  func samples(_ answers: any ExampleAnswers, tokenizer: Tokenizer) throws -> [EvaluationReport.Sample] {
    guard !shown.isEmpty else { return [] }
    func text(_ ids: some Sequence<Int32>, special: Bool = false) -> String {
      tokenizer.decode(ids.map(Int.init), skipSpecialTokens: !special)
    }
    let texts = try answers.texts(for: shown.map(\.example), newTokens: watch.sampleTokens)
    return zip(shown, texts).map { row, answer in
      EvaluationReport.Sample(
        prompt: text(row.example.prompt, special: row.hasGaps),
        reference: text(row.example.target[row.example.supervised]), answer: answer)
    }
  }
}
