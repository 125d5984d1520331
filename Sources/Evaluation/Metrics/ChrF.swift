import OrchardReports

/// chrF: the F-score of character n-grams, with word n-grams chrF++, equal to sacreBLEU 2.6.
///
/// Follows Maja Popović, "chrF: character n-gram F-score for automatic MT evaluation", 2015, and "chrF++: words
/// helping character n-grams", 2017.
/// Values lie between 0 and 100; a corpus has the score of its summed counts.
public struct ChrF: Metric {
  /// The name by which people ask for it.
  public static let name = "chrf"
  /// One line for help texts.
  public static let summary = "chrF as sacreBLEU computes it; chrf++ adds words and pairs of words"

  /// The longest character n-grams that count.
  public let characterOrder: Int
  /// The longest word n-grams that count; 0 for chrF, 2 for chrF++.
  public let wordOrder: Int
  /// How many times as much recall weighs as precision.
  public let beta: Int
  /// Whether case is ignored.
  public let lowercase: Bool
  /// Whether white space counts among the characters.
  public let whitespace: Bool
  /// Whether orders without n-grams count with a tiny value (as in chrF++.py) instead of being left out.
  public let epsilonSmoothing: Bool

  /// chrF with sacreBLEU's defaults.
  public init(
    characterOrder: Int = 6, wordOrder: Int = 0, beta: Int = 2, lowercase: Bool = false, whitespace: Bool = false,
    epsilonSmoothing: Bool = false
  ) {
    precondition(characterOrder > 0 && wordOrder >= 0, "chrF: the character order must be 1 or more, the word order 0")
    self.characterOrder = characterOrder
    self.wordOrder = wordOrder
    self.beta = beta
    self.lowercase = lowercase
    self.whitespace = whitespace
    self.epsilonSmoothing = epsilonSmoothing
  }

  /// The metric for a name that a person wrote, or nil where the name is not one of its own.
  public static func named(_ name: String, options: MetricOptions) -> ChrF? {
    switch name {
    case Self.name: ChrF(wordOrder: options.wordOrder, lowercase: options.lowercase)
    case "chrf++": ChrF(wordOrder: 2, lowercase: options.lowercase)
    default: nil
    }
  }

  /// What is reported, in order.
  public var measures: [Measure] {
    [Measure("chrF\(beta)" + String(repeating: "+", count: wordOrder), "score", decimals: 2, maximum: 100)]
  }

  /// A worker for one thread.
  public func makeSegmentScorer() -> any SegmentScorer { ChrFScorer(self) }

  /// The value of each measure, from the sum of the rows of so many segments.
  public func values(sum: [Double], segments: Int) -> [Double] { [score(sum)] }

  /// The settings to quote a score with.
  public func signature(references: ReferenceCount, bootstrap: Bootstrap?) -> String {
    "nrefs:\(references)\(bootstrap?.signature ?? "")|case:\(lowercase ? "lc" : "mixed")"
      + "|eff:\(epsilonSmoothing ? "no" : "yes")|nc:\(characterOrder)|nw:\(wordOrder)"
      + "|space:\(whitespace ? "yes" : "no")|version:2.6.0"
  }

  /// The score as sacreBLEU prints it.
  public func line(sum: [Double], segments: Int, interval: BootstrapInterval?, signature: String) -> String? {
    "\(measures[0].metric)|\(signature) = \(score(sum).fixed(2))\(interval.meanAndHalfWidth(2))"
  }

  /// The score of a corpus, 0 to 100.
  public func score(_ predictions: PredictionSet) -> Double { score(predictions.statistics(for: self).sum) }

  /// The score of one sentence, 0 to 100.
  public func score(prediction: String, references: [String]) -> Double {
    var scorer = ChrFScorer(self)
    return score(scorer.row(prediction: prediction, references: references))
  }

  /// The score of a row or of summed rows: for each order the n-grams of prediction and reference, and the matches.
  func score(_ row: [Double]) -> Double {
    let tiny = 1e-16
    let factor = Double(beta * beta)
    var total = 0.0
    var precisions = 0.0
    var recalls = 0.0
    var orders = 0.0
    for place in stride(from: 0, to: row.count, by: 3) {
      let precision = row[place] > 0 ? row[place + 2] / row[place] : tiny
      let recall = row[place + 1] > 0 ? row[place + 2] / row[place + 1] : tiny
      let denominator = factor * precision + recall
      total += denominator > 0 ? (1 + factor) * precision * recall / denominator : tiny
      if row[place] > 0, row[place + 1] > 0 {
        precisions += precision
        recalls += recall
        orders += 1
      }
    }
    if epsilonSmoothing { return 100 * total / Double(characterOrder + wordOrder) }
    guard orders > 0 else { return 0 }
    precisions /= orders
    recalls /= orders
    guard precisions + recalls > 0 else { return 0 }
    return 100 * ((1 + factor) * precisions * recalls / (factor * precisions + recalls))
  }
}

/// One thread's worker for chrF.
private struct ChrFScorer: SegmentScorer {
  private let metric: ChrF
  private var interner = TokenInterner()
  private var characterTrie: NGramTrie
  private var wordTrie: NGramTrie

  init(_ metric: ChrF) {
    self.metric = metric
    characterTrie = NGramTrie(order: metric.characterOrder)
    wordTrie = NGramTrie(order: metric.wordOrder)
  }

  mutating func row(prediction: String, references: [String]) -> [Double] {
    let predicted = read(prediction)
    var best: [Double] = []
    var bestScore = -1.0
    for reference in references {
      let read = read(reference)
      let row =
        ChrFScorer.counts(predicted.characters, read.characters, order: metric.characterOrder, &characterTrie)
        + ChrFScorer.counts(predicted.words, read.words, order: metric.wordOrder, &wordTrie)
      let score = metric.score(row)
      if score > bestScore { (best, bestScore) = (row, score) }
    }
    return best
  }

  /// For each order: n-grams of the prediction (none if the reference has none), of the reference, and matches.
  private static func counts(
    _ prediction: [UInt32], _ reference: [UInt32], order: Int, _ trie: inout NGramTrie
  ) -> [Double] {
    if order == 0 { return [] }
    var matches = Array(repeating: 0, count: order)
    trie.removeAll()
    trie.add(reference: reference)
    trie.takeMatches(prediction: prediction, into: &matches)
    return (1...order).flatMap { order -> [Double] in
      let expected = NGramTrie.total(length: reference.count, order: order)
      let predicted = expected > 0 ? NGramTrie.total(length: prediction.count, order: order) : 0
      return [Double(predicted), Double(expected), Double(matches[order - 1])]
    }
  }

  private mutating func read(_ text: String) -> (characters: [UInt32], words: [UInt32]) {
    let text = metric.lowercase ? text.fullyLowercased : text
    var characters: [UInt32] = []
    var words: [UInt32] = []
    text.withUTF8Bytes { bytes in
      characters.reserveCapacity(bytes.count)
      if metric.whitespace { ChrFScorer.decode(bytes, into: &characters) }
      Bytes.forEachWord(in: bytes) { range in
        let word = bytes.slice(range)
        if !metric.whitespace { ChrFScorer.decode(word, into: &characters) }
        if metric.wordOrder > 0 { split(word, into: &words) }
      }
    }
    return (characters, words)
  }

  /// Appends the scalar values of valid UTF-8, which the bytes of a `String` are.
  private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, into scalars: inout [UInt32]) {
    var place = 0
    while place < bytes.count {
      let lead = UInt32(bytes[place])
      let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
      var scalar = length == 1 ? lead : lead & (0x7F >> UInt32(length))
      for byte in bytes[(place + 1)..<(place + length)] { scalar = scalar << 6 | UInt32(byte & 0x3F) }
      scalars.append(scalar)
      place += length
    }
  }

  /// Appends a word, a punctuation mark at its end, or else at its beginning, as a word of its own.
  private mutating func split(_ word: UnsafeBufferPointer<UInt8>, into words: inout [UInt32]) {
    let last = word.count - 1
    if last > 0, Bytes.isPunctuation(word[last]) {
      words.append(UInt32(interner.intern(word.slice(0..<last))))
      words.append(UInt32(interner.intern(word.slice(last..<word.count))))
    } else if last > 0, Bytes.isPunctuation(word[0]) {
      words.append(UInt32(interner.intern(word.slice(0..<1))))
      words.append(UInt32(interner.intern(word.slice(1..<word.count))))
    } else {
      words.append(UInt32(interner.intern(word)))
    }
  }
}
