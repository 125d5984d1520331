/// Exact match: the share of predictions that equal one of their references by SQuAD's rules.
///
/// The rules ignore case, ASCII punctuation, articles and the amount of white space (Rajpurkar and others, "SQuAD",
/// 2016). Values lie between 0 and 1.
public struct ExactMatch: Metric {
  /// The name by which people ask for it.
  public static let name = "exact_match"
  /// One line for help texts.
  public static let summary = "share of predictions equal to a reference by SQuAD's rules"

  /// Exact match.
  public init() {}

  /// The metric for a name that a person wrote, or nil where the name is not one of its own.
  public static func named(_ name: String, options: MetricOptions) -> ExactMatch? {
    name == Self.name ? ExactMatch() : nil
  }

  /// What is reported, in order.
  public var measures: [Measure] { [Measure("exact_match", "share", decimals: 4, maximum: 1)] }

  /// A worker for one thread.
  public func makeSegmentScorer() -> any SegmentScorer { ExactMatchScorer() }

  /// The value of each measure, from the sum of the rows of so many segments.
  public func values(sum: [Double], segments: Int) -> [Double] { [sum[0] / Double(max(segments, 1))] }

  /// The settings to quote a score with.
  public func signature(references: ReferenceCount, bootstrap: Bootstrap?) -> String {
    "nrefs:\(references)\(bootstrap?.signature ?? "")|rules:squad-2.0"
  }
}

private struct ExactMatchScorer: SegmentScorer {
  func row(prediction: String, references: [String]) -> [Double] {
    let predicted = AnswerText.words(of: prediction)
    return [references.contains { AnswerText.words(of: $0).sameBytes(as: predicted) } ? 1 : 0]
  }
}

extension [String] {
  /// Whether the texts are equal byte by byte; `==` would hold different spellings of a letter equal.
  fileprivate func sameBytes(as other: [String]) -> Bool {
    count == other.count && zip(self, other).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
  }
}
