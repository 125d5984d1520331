/// All metrics, one line each.
public enum MetricCatalog {
  /// The metrics in the order in which help texts list them.
  public static let all: [any Metric.Type] = [
    ROUGE.self,
    BLEU.self,
    ChrF.self,
    ExactMatch.self,
    TokenF1.self,
    Accuracy.self,
  ]

  /// The metrics of the given names; neighbouring names that belong to one metric (`rouge1`, `rouge2`) are computed
  /// together.
  ///
  /// - Parameters:
  ///   - names: Names as people write them: `rouge`, `rouge2`, `bleu`, `chrf++`.
  ///   - options: The settings that the metrics take what concerns them from.
  /// - Returns: The metrics in that order.
  /// - Throws: `EvaluationError` for a name that no metric knows, for one that stands twice, or where there is none.
  public static func metrics(_ names: [String], options: MetricOptions = MetricOptions()) throws -> [any Metric] {
    var result: [any Metric] = []
    var measures: Set<String> = []
    for name in names {
      guard let metric = try metric(name, options: options) else {
        throw EvaluationError.unknownMetric(name, known: all.map { $0.name })
      }
      for measure in Set(metric.measures.map(\.metric)) where !measures.insert(measure).inserted {
        throw EvaluationError.duplicateMetric(measure)
      }
      if let last = result.last as? ROUGE, let next = metric as? ROUGE {
        result[result.count - 1] = ROUGE(last.kinds + next.kinds, stemmer: last.stemmer)
      } else {
        result.append(metric)
      }
    }
    if result.isEmpty { throw EvaluationError.noMetric(known: all.map { $0.name }) }
    return result
  }

  private static func metric(_ name: String, options: MetricOptions) throws -> (any Metric)? {
    for kind in all {
      if let metric = try kind.named(name, options: options) { return metric }
    }
    return nil
  }
}
