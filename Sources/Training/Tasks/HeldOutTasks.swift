import Foundation
import OrchardDatasets
import OrchardEvaluation
import OrchardJSON
import OrchardTensors

/// The held-out tasks of a run, ready to be scored.
struct HeldOutTasks {
  private struct Task {
    let name: String
    let metrics: [String]
    let newTokens: Int
    let examples: [RenderedExample]
    let references: [String]
    /// A row each: what a row loses is what the bootstrap resamples.
    let batches: [SequenceBatch]
  }

  private let tasks: [Task]
  private let size: Int

  init(_ watch: WatchSettings, _ rendering: RecipeRendering, paddingID: Int, size: Int) throws {
    self.size = size
    tasks = try watch.tasks.sorted { $0.key < $1.key }.map { name, settings in
      // A metric that does not exist is told before the run, not after it.
      if !settings.metrics.isEmpty { _ = try MetricCatalog.metrics(settings.metrics) }
      let task = RecipeRendering.Task(
        name: name, data: settings.data, prompt: settings.prompt,
        ways: try rendering.named(name) { try rendering.ways(settings.prompt) })
      let rendered = try rendering.render(settings.data, as: task, nil)
      let data = try Dataset(settings.data)
      let examples = rendered.examples.indices.map { rendered.example($0, epoch: 0) }
      let references = try rendered.examples.indices.map { number in
        let example = rendered.examples[number]
        if example.isUncorrupted {
          // What the gaps hide, which stands in no row.
          return rendering.renderer.tokenizer.decode(examples[number].target.map(Int.init), skipSpecialTokens: true)
        }
        return try rendering.renderer.reference(try data.row(example.row), composer: task.ways[0].composer)
      }
      let batches = examples.indices.map { SequenceBatch([$0], of: examples, paddingID: paddingID) }
      return Task(
        name: name, metrics: settings.metrics, newTokens: settings.newTokens, examples: examples,
        references: references, batches: batches)
    }
  }

  var isEmpty: Bool { tasks.isEmpty }

  /// Scores a model on every task.
  func scores(
    _ objective: any Objective, _ model: any ExampleAnswers, step: Int
  ) throws -> HeldOutReport {
    HeldOutReport(
      step: step,
      tasks: try tasks.map { task in
        let losses = withoutGradients {
          task.batches.map { objective.loss($0, weight: 1, training: false).sum.scalar }
        }
        var answers: [String] = []
        if !task.metrics.isEmpty {
          let examples = task.examples
          for start in stride(from: 0, to: examples.count, by: size) {
            answers += try model.texts(
              for: Array(examples[start..<min(start + size, examples.count)]), newTokens: task.newTokens)
          }
        }
        return HeldOutScores(
          name: task.name, metrics: task.metrics, losses: losses, units: task.batches.map { objective.units($0) },
          answers: answers.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }, references: task.references)
      })
  }
}

/// How a model does on the held-out tasks after some steps.
public struct HeldOutReport: Sendable {
  /// Steps taken then; 0 is before the run.
  public let step: Int
  /// The tasks.
  public let tasks: [HeldOutScores]

  /// As a line of the run's `held-out.jsonl`.
  public var json: JSONValue { ["step": .integer(step), "tasks": .array(tasks.map(\.json))] }

  /// The figures by name, for logs and curves.
  public var figures: JSONObject {
    var values: [(String, JSONValue)] = [("step", .integer(step))]
    for task in tasks {
      values.append(("held_out/\(task.name)/loss", .number(task.loss)))
      for (measure, value) in (try? task.values()) ?? [] {
        values.append(("held_out/\(task.name)/\(measure.metric)", .number(value)))
      }
    }
    return JSONObject(values)
  }

  init(step: Int, tasks: [HeldOutScores]) {
    self.step = step
    self.tasks = tasks
  }

  /// A line read back; nil where it is none.
  init?(_ json: JSONValue) {
    guard let step = json["step"]?.int, let tasks = json["tasks"]?.array else { return nil }
    self.init(step: step, tasks: tasks.compactMap(HeldOutScores.init))
  }
}

/// How a model does on one held-out task, row by row.
public struct HeldOutScores: Sendable {
  /// The task's name.
  public let name: String
  /// The metrics that score its answers.
  public let metrics: [String]
  /// Each row's summed loss, in nats.
  public let losses: [Double]
  /// Each row's supervised tokens.
  public let units: [Int]
  /// The answers; none where there is no metric.
  public let answers: [String]
  /// What was wanted.
  public let references: [String]

  /// The mean loss of a token, in nats.
  public var loss: Double { losses.reduce(0, +) / Double(max(1, units.reduce(0, +))) }

  /// The values of the measures that sum the metrics up.
  ///
  /// - Throws: `EvaluationError` for a metric that is not known.
  public func values() throws -> [(measure: Measure, value: Double)] {
    guard !answers.isEmpty else { return [] }
    let set = try PredictionSet(predictions: answers, references: references)
    return try MetricCatalog.metrics(metrics).flatMap { metric in
      let statistics = set.statistics(for: metric)
      let values = metric.values(sum: statistics.sum, segments: statistics.count)
      return zip(metric.measures, values).filter { $0.0.isSummary }.map { ($0, $1) }
    }
  }

  var json: JSONValue {
    func texts(_ list: [String]) -> JSONValue { .array(list.map(JSONValue.string)) }
    return [
      "name": .string(name), "loss": .number(loss), "metrics": texts(metrics),
      "losses": .array(losses.map(JSONValue.number)), "units": .array(units.map(JSONValue.integer)),
      "answers": texts(answers), "references": texts(references),
    ]
  }

  init(name: String, metrics: [String], losses: [Double], units: [Int], answers: [String], references: [String]) {
    self.name = name
    self.metrics = metrics
    self.losses = losses
    self.units = units
    self.answers = answers
    self.references = references
  }

  init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let losses = json["losses"]?.array, let units = json["units"]?.array else {
      return nil
    }
    func texts(_ key: String) -> [String] { json[key]?.array?.compactMap(\.string) ?? [] }
    self.init(
      name: name, metrics: texts("metrics"), losses: losses.compactMap(\.double), units: units.compactMap(\.int),
      answers: texts("answers"), references: texts("references"))
  }
}
