import OrchardJSON
import OrchardReports

/// The scores of one set of predictions, with all that is needed to repeat them.
public struct ScoreReport: Sendable {
  /// One number.
  public struct Score: Sendable, Equatable {
    /// What it measures.
    public let measure: Measure
    /// The value over all segments.
    public let value: Double
    /// Its interval, where a bootstrap was made.
    public let interval: BootstrapInterval?
    /// The settings to quote it with.
    public let signature: String
  }

  /// The scores in the order of the metrics.
  public let scores: [Score]
  /// The scores in the formats of the reference packages, for those metrics that have one.
  public let lines: [String]
  /// The number of predictions.
  public let segments: Int
  /// The number of references of a prediction.
  public let references: ReferenceCount
  /// How the intervals were made.
  public let bootstrap: Bootstrap?
  /// The differences from a baseline, where there is one.
  public let comparisons: [PairedComparison]

  /// Scores predictions.
  ///
  /// - Parameters:
  ///   - predictions: What is scored.
  ///   - metrics: By which metrics.
  ///   - bootstrap: How intervals are made; none without.
  ///   - baseline: Another system's answers to the same questions, to compare with; needs a bootstrap.
  /// - Throws: `EvaluationError.lengthMismatch` where the baseline has another number of answers.
  public init(
    scoring predictions: PredictionSet, with metrics: [any Metric], bootstrap: Bootstrap? = nil,
    baseline: PredictionSet? = nil
  ) throws {
    var scores: [Score] = []
    var lines: [String] = []
    var comparisons: [PairedComparison] = []
    for metric in metrics {
      let statistics = predictions.statistics(for: metric)
      let sum = statistics.sum
      let values = metric.values(sum: sum, segments: statistics.count)
      let intervals = bootstrap?.intervals(for: metric, statistics)
      let signature = metric.signature(references: predictions.referenceCount, bootstrap: bootstrap)
      for (place, measure) in metric.measures.enumerated() {
        scores.append(
          Score(measure: measure, value: values[place], interval: intervals?[place], signature: signature))
      }
      lines +=
        metric.line(sum: sum, segments: statistics.count, interval: intervals?[0], signature: signature).map { [$0] }
        ?? []
      if let bootstrap, let baseline {
        comparisons += try bootstrap.compare(
          baseline: baseline.statistics(for: metric), system: statistics, metric: metric)
      }
    }
    self.scores = scores
    self.lines = lines
    self.comparisons = comparisons
    self.bootstrap = bootstrap
    segments = predictions.count
    references = predictions.referenceCount
  }

  /// The score of that name: `score("rouge1", "f")`, `score("BLEU", "score")`.
  public func score(_ metric: String, _ variant: String) -> Score? {
    scores.first { $0.measure.metric == metric && $0.measure.variant == variant }
  }
}

extension ScoreReport {
  /// The report as one JSON object.
  public var json: JSONValue {
    var object = JSONObject()
    object["segments"] = .integer(segments)
    object["references"] = if case .same(let count) = references { .integer(count) } else { "var" }
    object["bootstrap"] =
      bootstrap.map {
        [
          "resamples": .integer($0.resamples), "seed": .integer($0.seed),
          "confidence": .number($0.confidence),
        ]
      } ?? .null
    object["scores"] = .array(scores.map(\.json))
    if !comparisons.isEmpty { object["comparisons"] = .array(comparisons.map(\.json)) }
    if !lines.isEmpty { object["lines"] = .array(lines.map(JSONValue.string)) }
    return .object(object)
  }

  /// The report as a table for people.
  public var table: String {
    var rows = [["metric", "variant", "value"] + (bootstrap == nil ? [] : ["interval"])]
    for score in scores {
      var row = [score.measure.metric, score.measure.variant, score.value.fixed(score.measure.decimals)]
      if let interval = score.interval { row.append(interval.text(score.measure.decimals)) }
      rows.append(row)
    }
    var blocks = [TextTable.lines(rows, rightAligned: [2])]
    if !comparisons.isEmpty {
      let head = ["metric", "variant", "baseline", "now", "difference", "p"]
      blocks.append(TextTable.lines([head] + comparisons.map(\.cells), rightAligned: [2, 3, 5]))
    }
    blocks.append(footer)
    return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// Number of segments, bootstrap, and the signature of each metric once.
  private var footer: [String] {
    var footer = ["\(segments) predictions, references for each: \(references)"]
    if let bootstrap {
      let percent = (bootstrap.confidence * 100).fixed(0)
      footer.append("\(percent) % intervals from \(bootstrap.resamples) resamples, seed \(bootstrap.seed)")
    }
    var seen: Set<String> = []
    for score in scores where !lines.contains(where: { $0.contains(score.signature) }) {
      if seen.insert(score.signature).inserted { footer.append(score.signature) }
    }
    return footer + lines
  }
}

extension ScoreReport.Score {
  /// The score as a JSON object.
  public var json: JSONValue {
    var object = measure.object
    object["value"] = .number(value)
    if let interval { interval.write(into: &object) }
    object["signature"] = .string(signature)
    return .object(object)
  }
}

extension PairedComparison {
  /// The comparison as a JSON object.
  public var json: JSONValue {
    var object = measure.object
    object["baseline"] = .number(baseline)
    object["value"] = .number(system)
    object["difference"] = .number(system - baseline)
    difference.write(into: &object)
    object["p"] = .number(pValue)
    return .object(object)
  }

  fileprivate var cells: [String] {
    let decimals = measure.decimals
    let sign = system >= baseline ? "+" : ""
    return [
      measure.metric, measure.variant, baseline.fixed(decimals), system.fixed(decimals),
      "\(sign)\((system - baseline).fixed(decimals)) \(difference.text(decimals))", pValue.fixed(4),
    ]
  }
}

extension Measure {
  fileprivate var object: JSONObject {
    JSONObject([("metric", .string(metric)), ("variant", .string(variant))])
  }
}

extension BootstrapInterval {
  /// The ends as people read them: `[0.3712, 0.3998]`.
  func text(_ decimals: Int) -> String { "[\(low.fixed(decimals)), \(high.fixed(decimals))]" }

  fileprivate func write(into object: inout JSONObject) {
    object["low"] = .number(low)
    object["mid"] = .number(mid)
    object["high"] = .number(high)
  }
}
