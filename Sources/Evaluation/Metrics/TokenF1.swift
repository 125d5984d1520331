/// Token F1: the overlap of a prediction's words with those of its best reference by SQuAD's rules.
///
/// The rules ignore case, ASCII punctuation and articles (Rajpurkar and others, "SQuAD", 2016; empty answers as in
/// SQuAD 2.0). Values lie between 0 and 1; a corpus has the mean of its segments.
public struct TokenF1: Metric {
  /// The name by which people ask for it.
  public static let name = "f1"
  /// One line for help texts.
  public static let summary = "overlap of words with the best reference by SQuAD's rules"

  /// Token F1.
  public init() {}

  /// The metric for a name that a person wrote, or nil where the name is not one of its own.
  public static func named(_ name: String, options: MetricOptions) -> TokenF1? { name == Self.name ? TokenF1() : nil }

  /// What is reported, in order.
  public var measures: [Measure] { [Measure("f1", "f", decimals: 4, maximum: 1)] }

  /// A worker for one thread.
  public func makeSegmentScorer() -> any SegmentScorer { TokenF1Scorer() }

  /// The value of each measure, from the sum of the rows of so many segments.
  public func values(sum: [Double], segments: Int) -> [Double] { [sum[0] / Double(max(segments, 1))] }

  /// The settings to quote a score with.
  public func signature(references: ReferenceCount, bootstrap: Bootstrap?) -> String {
    "nrefs:\(references)\(bootstrap?.signature ?? "")|rules:squad-2.0"
  }
}

private struct TokenF1Scorer: SegmentScorer {
  private var interner = TokenInterner()
  private var trie = NGramTrie(order: 1)

  mutating func row(prediction: String, references: [String]) -> [Double] {
    let predicted = words(of: prediction)
    var best = 0.0
    for reference in references { best = max(best, f(predicted, words(of: reference))) }
    return [best]
  }

  private mutating func f(_ prediction: [UInt32], _ reference: [UInt32]) -> Double {
    // Two answers without words agree; SQuAD 2.0 has questions without an answer.
    if prediction.isEmpty, reference.isEmpty { return 1 }
    var matches = [0]
    trie.removeAll()
    trie.add(reference: reference)
    trie.takeMatches(prediction: prediction, into: &matches)
    return Overlap(matches: matches[0], prediction: prediction.count, reference: reference.count).f
  }

  private mutating func words(of text: String) -> [UInt32] {
    AnswerText.words(of: text).map { word in UInt32(word.withUTF8Bytes { interner.intern($0) }) }
  }
}
