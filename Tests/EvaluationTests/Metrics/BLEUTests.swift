import OrchardEvaluation
import OrchardJSON
import Testing

@Suite("BLEU")
struct BLEUTests {
  static let names = [
    "13a-exp-mixed", "13a-floor-lc", "13a-add-k-mixed", "13a-none-mixed", "intl-exp-mixed", "intl-exp-lc",
    "char-exp-mixed", "zh-exp-mixed", "none-exp-lc",
  ]

  @Test("2,000 sentences with three references equal sacreBLEU", arguments: names)
  func sentencesEqualSacreBLEU(name: String) throws {
    let metric = try metric(name, effectiveOrder: true)
    let scores = WordSalad.segments.map { metric.score(prediction: $0.prediction, references: $0.references).score }
    try expectEqual(scores, golden("bleu")["sentences"]?[name], name)
  }

  @Test("Corpora: score, counts, brevity penalty, signature and printed line equal sacreBLEU", arguments: names)
  func corporaEqualSacreBLEU(name: String) throws {
    let metric = try metric(name, effectiveOrder: false)
    let all = try #require(try golden("bleu")["corpora"]?.array).filter { $0["name"]?.string == name }
    try #require(all.count == 8)
    for expected in all {
      let corpus = try corpus(expected)
      let score = metric.score(corpus)
      let signature = metric.signature(references: corpus.referenceCount, bootstrap: nil)
      #expect(close(score.score, try #require(expected["score"]?.double)))
      #expect(score.counts == expected["counts"]?.array?.compactMap(\.double))
      #expect(score.totals == expected["totals"]?.array?.compactMap(\.double))
      #expect(close(score.brevityPenalty, try #require(expected["brevity_penalty"]?.double)))
      #expect(signature == expected["signature"]?.string)
      #expect(score.line(signature: signature) == expected["line"]?.string)
    }
  }

  @Test("A smoothing value of one's own is used and stands in the signature")
  func smoothingValue() throws {
    let expected = try #require(try golden("bleu")["floor"]?.array)
    let metric = BLEU(smoothing: .floor(0.25))
    let segments = WordSalad.segments[..<100]
    let corpus = try PredictionSet(
      predictions: segments.map(\.prediction), references: segments.map { [$0.references[0]] })
    #expect(close(metric.score(corpus).score, try #require(expected[0].double)))
    #expect(metric.signature(references: .same(1), bootstrap: nil) == expected[1].string)
  }

  @Test("Empty texts: no prediction word gives 0 and a penalty of 0, not NaN")
  func emptyTexts() {
    let score = BLEU().score(prediction: "", references: ["some words"])
    #expect(score.score == 0 && score.brevityPenalty == 0)
    #expect(BLEU().score(prediction: "", references: [""]).score == 0)
  }

  private func metric(_ name: String, effectiveOrder: Bool) throws -> BLEU {
    let parts = name.split(separator: "-", maxSplits: 1).map(String.init)
    let lowercase = parts[1].hasSuffix("-lc")
    let smoothing = String(parts[1].dropLast(lowercase ? 3 : 6))
    return BLEU(
      tokenizer: try #require(BLEUTokenizer(rawValue: parts[0])), lowercase: lowercase,
      smoothing: try #require(BLEUSmoothing(smoothing)), effectiveOrder: effectiveOrder)
  }
}

/// The hundred segments that a golden of a corpus names, with one or three references each.
func corpus(_ golden: JSONValue) throws -> PredictionSet {
  let start = try #require(golden["start"]?.int)
  let references = try #require(golden["references"]?.int)
  let segments = WordSalad.segments[start..<(start + 100)]
  return try PredictionSet(
    predictions: segments.map(\.prediction), references: segments.map { Array($0.references[..<references]) })
}
