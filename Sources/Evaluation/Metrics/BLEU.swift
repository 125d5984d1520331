/// BLEU: the geometric mean of n-gram precisions with a penalty for brevity, equal to sacreBLEU 2.6.
///
/// Follows Papineni and others, "BLEU: a Method for Automatic Evaluation of Machine Translation", 2002.
/// Values lie between 0 and 100; a corpus has the score of its summed counts, not the mean of its segments.
public struct BLEU: Metric {
  /// The name by which people ask for it.
  public static let name = "bleu"
  /// One line for help texts.
  public static let summary = "BLEU as sacreBLEU computes it; tokenizer 13a, intl, char, zh or none"

  /// The longest n-grams that count.
  public static let order = 4

  /// How text is cut into words.
  public let tokenizer: BLEUTokenizer
  /// Whether case is ignored.
  public let lowercase: Bool
  /// What stands for a precision of zero.
  public let smoothing: BLEUSmoothing
  /// Whether orders without any predicted n-gram are left out; right for single sentences.
  public let effectiveOrder: Bool

  /// BLEU with sacreBLEU's defaults.
  public init(
    tokenizer: BLEUTokenizer = .mteval13a, lowercase: Bool = false, smoothing: BLEUSmoothing = .exponential,
    effectiveOrder: Bool = false
  ) {
    self.tokenizer = tokenizer
    self.lowercase = lowercase
    self.smoothing = smoothing
    self.effectiveOrder = effectiveOrder
  }

  /// The metric for a name that a person wrote, or nil where the name is not one of its own.
  public static func named(_ name: String, options: MetricOptions) -> BLEU? {
    guard name == Self.name else { return nil }
    return BLEU(
      tokenizer: options.tokenizer, lowercase: options.lowercase, smoothing: options.smoothing,
      effectiveOrder: options.effectiveOrder)
  }

  /// What is reported, in order.
  public var measures: [Measure] { [Measure("BLEU", "score", decimals: 2, maximum: 100)] }

  /// A worker for one thread.
  public func makeSegmentScorer() -> any SegmentScorer { BLEUScorer(self) }

  /// The value of each measure, from the sum of the rows of so many segments.
  public func values(sum: [Double], segments: Int) -> [Double] { [score(sum: sum).score] }

  /// The settings to quote a score with.
  public func signature(references: ReferenceCount, bootstrap: Bootstrap?) -> String {
    "nrefs:\(references)\(bootstrap?.signature ?? "")|case:\(lowercase ? "lc" : "mixed")"
      + "|eff:\(effectiveOrder ? "yes" : "no")|tok:\(tokenizer.rawValue)|smooth:\(smoothing.signature)|version:2.6.0"
  }

  /// The score as sacreBLEU prints it.
  public func line(sum: [Double], segments: Int, interval: BootstrapInterval?, signature: String) -> String? {
    score(sum: sum).line(signature: signature, interval: interval)
  }

  /// The score of a corpus, with its counts.
  public func score(_ predictions: PredictionSet) -> BLEUScore { score(sum: predictions.statistics(for: self).sum) }

  /// The score of one sentence, with its counts; with `effectiveOrder` it is meaningful for short ones too.
  public func score(prediction: String, references: [String]) -> BLEUScore {
    var scorer = BLEUScorer(self)
    return score(sum: scorer.row(prediction: prediction, references: references))
  }

  /// The score of summed rows: both lengths, then matches and totals of orders 1 to 4.
  func score(sum: [Double]) -> BLEUScore {
    BLEUScore(
      matches: Array(sum[2..<(2 + BLEU.order)]), totals: Array(sum[(2 + BLEU.order)...]),
      predictionLength: Int(sum[0]), referenceLength: Int(sum[1]), smoothing: smoothing, effectiveOrder: effectiveOrder)
  }
}

/// One thread's worker for BLEU.
private struct BLEUScorer: SegmentScorer {
  private var tokenization: BLEUTokenization
  private var words = TokenInterner()
  private var trie = NGramTrie(order: BLEU.order)
  private var matches = Array(repeating: 0, count: BLEU.order)

  init(_ metric: BLEU) { tokenization = BLEUTokenization(metric.tokenizer, lowercase: metric.lowercase) }

  mutating func row(prediction: String, references: [String]) -> [Double] {
    trie.removeAll()
    for place in matches.indices { matches[place] = 0 }
    var lengths: [Int] = []
    for reference in references {
      let tokens = tokenize(reference)
      lengths.append(tokens.count)
      trie.add(reference: tokens)
    }
    let tokens = tokenize(prediction)
    trie.takeMatches(prediction: tokens, into: &matches)
    // The reference nearest in length counts, of two as near the shorter.
    let nearest = lengths.min { (abs($0 - tokens.count), $0) < (abs($1 - tokens.count), $1) } ?? 0
    return [Double(tokens.count), Double(nearest)] + matches.map(Double.init)
      + (1...BLEU.order).map { Double(NGramTrie.total(length: tokens.count, order: $0)) }
  }

  private mutating func tokenize(_ text: String) -> [UInt32] {
    var tokens: [UInt32] = []
    tokenization.forEachWord(in: text) { tokens.append(UInt32(words.intern($0))) }
    return tokens
  }
}
