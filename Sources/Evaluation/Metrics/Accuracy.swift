/// Accuracy: the share of predictions that are one of their references, letter for letter.
///
/// For answers that were already read and brought to one form: labels, numbers, choices. Values lie between 0 and 1.
public struct Accuracy: Metric {
  /// The name by which people ask for it.
  public static let name = "accuracy"
  /// One line for help texts.
  public static let summary = "share of predictions that are a reference letter for letter"

  /// Accuracy.
  public init() {}

  /// The metric for a name that a person wrote, or nil where the name is not one of its own.
  public static func named(_ name: String, options: MetricOptions) -> Accuracy? {
    name == Self.name ? Accuracy() : nil
  }

  /// What is reported, in order.
  public var measures: [Measure] { [Measure("accuracy", "share", decimals: 4, maximum: 1)] }

  /// A worker for one thread.
  public func makeSegmentScorer() -> any SegmentScorer { AccuracyScorer() }

  /// The value of each measure, from the sum of the rows of so many segments.
  public func values(sum: [Double], segments: Int) -> [Double] { [sum[0] / Double(max(segments, 1))] }

  /// The settings to quote a score with.
  public func signature(references: ReferenceCount, bootstrap: Bootstrap?) -> String {
    "nrefs:\(references)\(bootstrap?.signature ?? "")|rules:exact"
  }
}

private struct AccuracyScorer: SegmentScorer {
  func row(prediction: String, references: [String]) -> [Double] {
    [references.contains { $0.utf8.elementsEqual(prediction.utf8) } ? 1 : 0]
  }
}
