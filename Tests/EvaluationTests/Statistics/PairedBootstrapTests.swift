import OrchardEvaluation
import OrchardJSON
import Testing

@Suite("Paired bootstrap")
struct PairedBootstrapTests {
  @Test("Scores, p-value and intervals agree with sacreBLEU's paired test")
  func agreesWithSacreBLEU() throws {
    let expected = try golden("paired")
    let baseline = try firstReferences(300)
    let system = try PredictionSet(
      predictions: WordSalad.segments[..<300].map { $0.references[1] }, references: baseline.references)
    let report = try ScoreReport(
      scoring: system, with: [BLEU(), ChrF()], bootstrap: Bootstrap(resamples: 2000), baseline: baseline)
    try #require(report.comparisons.count == 2)
    for comparison in report.comparisons {
      let results = try #require(expected[comparison.measure.metric]?.array)
      #expect(close(comparison.baseline, try #require(results[0]["score"]?.double)))
      #expect(close(comparison.system, try #require(results[1]["score"]?.double)))
      #expect(close(comparison.pValue, try #require(results[1]["p"]?.double), within: 0.05))
      let difference = comparison.system - comparison.baseline
      #expect(comparison.difference.low < difference && difference < comparison.difference.high)
    }
  }

  @Test("A system compared with itself differs by nothing; a far better one surely")
  func clearCases() throws {
    let corpus = try firstReferences(200)
    let perfect = try PredictionSet(predictions: corpus.references.map { $0[0] }, references: corpus.references)
    let metric = ROUGE([.ngrams(1)])
    let same = try Bootstrap().compare(baseline: corpus, system: corpus, metric: metric)
    #expect(same.allSatisfy { $0.difference.low == 0 && $0.difference.high == 0 && $0.pValue > 0.9 })
    let better = try Bootstrap().compare(baseline: corpus, system: perfect, metric: metric)
    #expect(better.allSatisfy { $0.pValue < 0.01 && $0.difference.low > 0 })
  }

  @Test("Systems with different numbers of answers are refused")
  func differentLengths() throws {
    let (short, long) = (try firstReferences(3), try firstReferences(4))
    #expect(throws: EvaluationError.lengthMismatch(3, 4)) {
      try Bootstrap().compare(baseline: short, system: long, metric: BLEU())
    }
  }
}
