import ArgumentParser
import OrchardEvaluation

/// By which metrics predictions are scored, and how sure the scores are.
struct ScoringOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The metrics, with commas between.",
      discussion: MetricCatalog.all.map { "\($0.name): \($0.summary)" }.joined(separator: "\n"),
      valueName: "names"))
  var metrics = "rouge"

  @Flag(help: "ROUGE: compare the stems of words (Porter's stemmer).")
  var stemmer = false

  @Flag(help: "BLEU and chrF: ignore case.")
  var lowercase = false

  @Option(help: "BLEU: how text is cut into words.")
  var bleuTokenizer = BLEUTokenizer.mteval13a

  @Option(help: "BLEU: what stands for a precision of zero: exp, floor, add-k or none.")
  var smoothing = "exp"

  @Option(help: "BLEU: the value of --smoothing floor (default: 0.1) or add-k (default: 1).")
  var smoothingValue: Double?

  @Flag(help: "BLEU: leave out orders of n-grams that the predictions are too short for.")
  var effectiveOrder = false

  @Option(
    help: ArgumentHelp("Resamples for intervals; 0 for none. (default: 0, with --baseline 1000)", valueName: "count"))
  var bootstrap: Int?

  @Option(help: "The share of resamples that an interval holds.")
  var confidence = 0.95

  @Option(help: "Where the random numbers of the resamples start.")
  var seed = 12345

  func validate() throws {
    if let bootstrap, !(0...1_000_000).contains(bootstrap) {
      throw ValidationError("--bootstrap is \(bootstrap); it takes a number from 0 to 1000000.")
    }
    if !(confidence > 0 && confidence < 1) {
      throw ValidationError("--confidence is \(confidence); it takes a number between 0 and 1.")
    }
    guard let method = BLEUSmoothing(smoothing, value: smoothingValue) else {
      throw ValidationError("--smoothing is \(smoothing); it takes exp, floor, add-k or none.")
    }
    if let smoothingValue {
      if method == .exponential || method == .none {
        throw ValidationError("--smoothing-value goes with --smoothing floor or add-k, not with \(smoothing).")
      }
      if !(smoothingValue > 0 && smoothingValue.isFinite) {
        throw ValidationError("--smoothing-value is \(smoothingValue); it takes a number above 0.")
      }
    }
    do {
      _ = try chosenMetrics()
    } catch let error as EvaluationError {
      throw ValidationError("--metrics \(metrics): \(error)")
    }
  }

  /// The metrics that were named, with their settings.
  ///
  /// - Throws: `EvaluationError` for a name that no metric knows.
  func chosenMetrics() throws -> [any Metric] {
    var options = MetricOptions()
    options.stemmer = stemmer
    options.lowercase = lowercase
    options.tokenizer = bleuTokenizer
    options.smoothing = BLEUSmoothing(smoothing, value: smoothingValue) ?? .exponential
    options.effectiveOrder = effectiveOrder
    let names = metrics.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
    return try MetricCatalog.metrics(names, options: options)
  }

  /// Scores predictions as asked.
  ///
  /// - Throws: `EvaluationError` where a baseline answered another number of questions.
  func report(on predictions: PredictionSet, baseline: PredictionSet? = nil) throws -> ScoreReport {
    let resamples = bootstrap ?? (baseline == nil ? 0 : 1000)
    return try ScoreReport(
      scoring: predictions, with: chosenMetrics(),
      bootstrap: resamples > 0 ? Bootstrap(resamples: resamples, seed: seed, confidence: confidence) : nil,
      baseline: baseline)
  }
}

extension BLEUTokenizer: ExpressibleByArgument {}
