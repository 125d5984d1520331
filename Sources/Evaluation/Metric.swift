/// A measure of how well predictions answer their references.
///
/// Every metric works in two steps: each segment (one prediction with its references) becomes a row of numbers, and
/// the score of any set of segments follows from the sum of their rows. So the score of a corpus, of one segment, of
/// a bootstrap resample and of a paired test are the same computation. To add a metric, write one file in `Metrics/`
/// and add one line to `MetricCatalog`.
public protocol Metric: Sendable {
  /// The name by which people ask for the metric, such as `bleu`.
  static var name: String { get }
  /// One line for help texts: what it is and which names and options it takes.
  static var summary: String { get }
  /// The metric for a name that a person wrote (`rouge2`), or nil where the name is not one of its own.
  static func named(_ name: String, options: MetricOptions) throws -> Self?

  /// What the metric reports, in order.
  var measures: [Measure] { get }
  /// A worker for one thread.
  func makeSegmentScorer() -> any SegmentScorer
  /// The value of each measure, from the sum of the rows of `segments` segments.
  func values(sum: [Double], segments: Int) -> [Double]
  /// The settings that a score must be quoted with, in sacreBLEU's manner: `nrefs:1|case:mixed|…`.
  func signature(references: ReferenceCount, bootstrap: Bootstrap?) -> String
  /// The score as one line of text in the reference package's own format, where that has one.
  func line(sum: [Double], segments: Int, interval: BootstrapInterval?, signature: String) -> String?
}

extension Metric {
  /// No line: most metrics have no textual format of their own.
  public func line(sum: [Double], segments: Int, interval: BootstrapInterval?, signature: String) -> String? { nil }
}

/// Turns segments into rows of numbers; keeps what it learns about words, so it belongs to one thread.
public protocol SegmentScorer {
  /// The row of one segment; always of the same length.
  mutating func row(prediction: String, references: [String]) -> [Double]
}

/// One number that a metric reports.
public struct Measure: Sendable, Equatable {
  /// The metric it belongs to, such as `rouge1` or `BLEU`.
  public let metric: String
  /// Which of the metric's numbers it is: `precision`, `recall`, `f`, `score`.
  public let variant: String
  /// The digits after the point that people read it with.
  public let decimals: Int

  /// The best possible value.
  public let maximum: Double

  /// A measure of that name.
  public init(_ metric: String, _ variant: String, decimals: Int, maximum: Double) {
    self.metric = metric
    self.variant = variant
    self.decimals = decimals
    self.maximum = maximum
  }
}

/// How many references the segments have.
public enum ReferenceCount: Sendable, Equatable, CustomStringConvertible {
  /// The same number everywhere.
  case same(Int)
  /// Different numbers.
  case varying

  /// The number, or `var`, as signatures write it.
  public var description: String {
    switch self {
    case .same(let count): count.description
    case .varying: "var"
    }
  }
}

/// The settings of metrics that a person can choose; each metric takes those that concern it.
public struct MetricOptions: Sendable {
  /// ROUGE: reduce words to their stems first.
  public var stemmer = false
  /// BLEU and chrF: ignore case.
  public var lowercase = false
  /// BLEU: how text is cut into words.
  public var tokenizer = BLEUTokenizer.mteval13a
  /// BLEU: what stands for a precision of zero.
  public var smoothing = BLEUSmoothing.exponential
  /// BLEU: leave out orders of which the prediction has no n-gram; right for single sentences.
  public var effectiveOrder = false
  /// chrF: the order of word n-grams beside those of characters; 2 makes chrF++.
  public var wordOrder = 0

  /// The defaults of the reference packages.
  public init() {}
}
