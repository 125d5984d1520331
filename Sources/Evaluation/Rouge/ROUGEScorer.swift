/// One thread's worker for ROUGE.
struct ROUGEScorer: SegmentScorer {
  private let kinds: [ROUGE.Kind]
  private let order: Int
  private var tokens: RougeTokens
  private var trie: NGramTrie
  private var matches: [Int]
  private var subsequence = LongestCommonSubsequence()
  private var marked: [[Bool]] = []
  private var left: [(reference: Int32, prediction: Int32)] = []

  init(_ metric: ROUGE) {
    kinds = metric.kinds
    order = kinds.map { if case .ngrams(let order) = $0 { order } else { 0 } }.max() ?? 0
    tokens = RougeTokens(stemming: metric.stemmer)
    trie = NGramTrie(order: order)
    matches = Array(repeating: 0, count: order)
  }

  mutating func row(prediction: String, references: [String]) -> [Double] {
    overlaps(prediction: prediction, references: references).flatMap { [$0.precision, $0.recall, $0.f] }
  }

  mutating func overlaps(prediction: String, references: [String]) -> [Overlap] {
    tokens.startPair()
    let predicted = tokens.tokenize(prediction)
    var best: [Overlap] = []
    for reference in references {
      let overlaps = overlaps(prediction: predicted, reference: tokens.tokenize(reference))
      best = best.isEmpty ? overlaps : zip(best, overlaps).map { $1.f > $0.f ? $1 : $0 }
    }
    return best
  }

  private mutating func overlaps(prediction: RougeTokens.Text, reference: RougeTokens.Text) -> [Overlap] {
    if order > 0 {
      trie.removeAll()
      trie.add(reference: reference.tokens)
      for place in matches.indices { matches[place] = 0 }
      trie.takeMatches(prediction: prediction.tokens, into: &matches)
    }
    let size = (prediction: prediction.tokens.count, reference: reference.tokens.count)
    return kinds.map { kind in
      switch kind {
      case .ngrams(let order):
        return Overlap(
          matches: matches[order - 1], prediction: NGramTrie.total(length: size.prediction, order: order),
          reference: NGramTrie.total(length: size.reference, order: order))
      case .longestSubsequence:
        subsequence.setCandidate(prediction.tokens, symbols: tokens.distinct)
        let length = subsequence.length(reference.tokens)
        return Overlap(matches: length, prediction: size.prediction, reference: size.reference)
      case .summaryLevel:
        let hits = summaryLevelHits(prediction: prediction, reference: reference)
        return Overlap(matches: hits, prediction: size.prediction, reference: size.reference)
      }
    }
  }

  /// The tokens of the reference that lie on a common subsequence with any sentence of the prediction, a token
  /// counted no more often than either text holds it (section 3.2 of the paper, and ROUGE 1.5.5's own limit).
  private mutating func summaryLevelHits(prediction: RougeTokens.Text, reference: RougeTokens.Text) -> Int {
    let lines = reference.lines
    marked = lines.map { Array(repeating: false, count: $0.count) }
    for sentence in prediction.lines where !sentence.isEmpty {
      subsequence.setCandidate(sentence, symbols: tokens.distinct)
      for (line, tokens) in lines.enumerated() { subsequence.mark(tokens, in: &marked[line]) }
    }
    left = Array(repeating: (0, 0), count: tokens.distinct)
    for token in reference.tokens { left[Int(token)].reference += 1 }
    for token in prediction.tokens { left[Int(token)].prediction += 1 }
    var hits = 0
    for (line, marks) in zip(lines, marked) {
      for (token, mark) in zip(line, marks)
      where mark && left[Int(token)].reference > 0 && left[Int(token)].prediction > 0 {
        hits += 1
        left[Int(token)].reference -= 1
        left[Int(token)].prediction -= 1
      }
    }
    return hits
  }
}
