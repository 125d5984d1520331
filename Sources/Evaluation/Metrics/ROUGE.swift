/// ROUGE: the overlap of n-grams or of longest common subsequences, equal to rouge_score 0.1.2.
///
/// Follows Chin-Yew Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004. Values lie
/// between 0 and 1; a corpus has the mean of its segments. Of several references the one with the best F counts, for
/// each kind by itself.
public struct ROUGE: Metric {
  /// What is compared.
  public enum Kind: Hashable, Sendable, CustomStringConvertible {
    /// n-grams of that order, 1 or more.
    case ngrams(Int)
    /// The longest common subsequence of the whole texts.
    case longestSubsequence
    /// The union of longest common subsequences over sentences, one sentence a line.
    case summaryLevel

    /// The name: `rouge1`, `rougeL`, `rougeLsum`.
    public var description: String {
      switch self {
      case .ngrams(let order): "rouge\(order)"
      case .longestSubsequence: "rougeL"
      case .summaryLevel: "rougeLsum"
      }
    }
  }

  /// The name by which people ask for it.
  public static let name = "rouge"
  /// One line for help texts.
  public static let summary = "ROUGE-1, -2, -L, -Lsum; or single kinds: rouge1 … rouge9, rougeL, rougeLsum"

  /// The kinds that are computed, in order.
  public let kinds: [Kind]
  /// Whether words are reduced to their stems first.
  public let stemmer: Bool

  /// ROUGE of the given kinds.
  public init(
    _ kinds: [Kind] = [.ngrams(1), .ngrams(2), .longestSubsequence, .summaryLevel], stemmer: Bool = false
  ) {
    for case .ngrams(let order) in kinds { precondition(order > 0, "ROUGE-\(order): the order must be 1 or more") }
    self.kinds = kinds
    self.stemmer = stemmer
  }

  /// The metric for a name that a person wrote, or nil where the name is not one of its own.
  public static func named(_ name: String, options: MetricOptions) -> ROUGE? {
    if name == Self.name { return ROUGE(stemmer: options.stemmer) }
    if name == "rougeL" { return ROUGE([.longestSubsequence], stemmer: options.stemmer) }
    if name == "rougeLsum" { return ROUGE([.summaryLevel], stemmer: options.stemmer) }
    guard name.hasPrefix("rouge"), let order = Int(name.dropFirst(5)), (1...9).contains(order) else { return nil }
    return ROUGE([.ngrams(order)], stemmer: options.stemmer)
  }

  /// What is reported, in order.
  public var measures: [Measure] {
    kinds.flatMap { kind in
      ["precision", "recall", "f"].map { Measure(kind.description, $0, decimals: 4, maximum: 1) }
    }
  }

  /// A worker for one thread.
  public func makeSegmentScorer() -> any SegmentScorer { ROUGEScorer(self) }

  /// The value of each measure, from the sum of the rows of so many segments.
  public func values(sum: [Double], segments: Int) -> [Double] { sum.map { $0 / Double(max(segments, 1)) } }

  /// The settings to quote a score with.
  public func signature(references: ReferenceCount, bootstrap: Bootstrap?) -> String {
    "nrefs:\(references)\(bootstrap?.signature ?? "")|stem:\(stemmer ? "porter" : "no")|like:rouge_score-0.1.2"
  }

  /// Precision, recall and F of one prediction against the best of its references, for each kind.
  public func score(prediction: String, references: [String]) -> [Overlap] {
    var scorer = ROUGEScorer(self)
    return scorer.overlaps(prediction: prediction, references: references)
  }
}

/// Precision, recall and their harmonic mean, between 0 and 1.
public struct Overlap: Sendable, Equatable {
  /// The share of the prediction that the reference holds.
  public let precision: Double
  /// The share of the reference that the prediction holds.
  public let recall: Double
  /// The harmonic mean of both, 0 where both are 0.
  public let f: Double

  /// The overlap of `matches` items among so many of the prediction and of the reference.
  public init(matches: Int, prediction: Int, reference: Int) {
    precision = Double(matches) / Double(max(prediction, 1))
    recall = Double(matches) / Double(max(reference, 1))
    f = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
  }
}
