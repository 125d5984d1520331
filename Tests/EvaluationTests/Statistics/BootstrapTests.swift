import OrchardEvaluation
import OrchardJSON
import Testing

@Suite("Bootstrap")
struct BootstrapTests {
  @Test("Percentiles lie where NumPy puts them, sacreBLEU's half width between the values 1/40 from the ends")
  func intervalOfKnownValues() {
    let interval = BootstrapInterval((0...100).map(Double.init).shuffled(), confidence: 0.9)
    #expect(close(interval.low, 5) && close(interval.mid, 50) && close(interval.high, 95) && close(interval.mean, 50))
    #expect(close(interval.halfWidth, 48))
    let between = BootstrapInterval([1, 2, 4], confidence: 0.5)
    #expect(close(between.low, 1.5) && close(between.mid, 2) && close(between.high, 3))
  }

  @Test("Intervals agree with those of the reference packages, whose random numbers differ")
  func agreesWithReferencePackages() throws {
    let expected = try golden("bootstrap")
    let corpus = try firstReferences(500)
    let report = try ScoreReport(
      scoring: corpus, with: [BLEU(), ChrF(), ROUGE([.ngrams(1), .longestSubsequence])],
      bootstrap: Bootstrap(resamples: 2000))
    for (name, metric, variant) in [("bleu", "BLEU", "score"), ("chrf", "chrF2", "score")] {
      let score = try #require(report.score(metric, variant))
      let interval = try #require(score.interval)
      let mean = try #require(expected[name]?["mean"]?.double)
      let halfWidth = try #require(expected[name]?["half_width"]?.double)
      #expect(close(interval.mean, mean, within: 0.1 * halfWidth))
      #expect(close(interval.halfWidth, halfWidth, within: 0.1 * halfWidth))
      #expect(
        score.signature == expected[name]?["signature"]?.string, "the seed that sacreBLEU takes by itself is ours too")
    }
    for metric in ["rouge1", "rougeL"] {
      let interval = try #require(report.score(metric, "f")?.interval)
      let (low, mid, high) = (
        expected[metric]?["low"]?.double, expected[metric]?["mid"]?.double, expected[metric]?["high"]?.double
      )
      let width = try #require(high) - #require(low)
      #expect(close(interval.low, try #require(low), within: 0.06 * width))
      #expect(close(interval.mid, try #require(mid), within: 0.06 * width))
      #expect(close(interval.high, try #require(high), within: 0.06 * width))
    }
  }

  @Test("The same seed gives the same interval, another seed another one")
  func seeds() throws {
    let corpus = try firstReferences(50)
    let statistics = corpus.statistics(for: BLEU())
    let one = Bootstrap(resamples: 200, seed: 1).intervals(for: BLEU(), statistics)
    #expect(one == Bootstrap(resamples: 200, seed: 1).intervals(for: BLEU(), statistics))
    #expect(one != Bootstrap(resamples: 200, seed: 2).intervals(for: BLEU(), statistics))
  }

  @Test("Rows computed on several cores are the rows computed on one")
  func parallelRows() throws {
    let corpus = try firstReferences(2000)
    let statistics = corpus.statistics(for: ROUGE(stemmer: true))
    var scorer = ROUGE(stemmer: true).makeSegmentScorer()
    for place in 0..<corpus.count {
      #expect(
        statistics[place] == scorer.row(prediction: corpus.predictions[place], references: corpus.references[place]))
    }
  }
}

/// The first segments of the word salad with one reference each.
func firstReferences(_ count: Int) throws -> PredictionSet {
  let segments = WordSalad.segments[..<count]
  return try PredictionSet(
    predictions: segments.map(\.prediction), references: segments.map { [$0.references[0]] })
}
