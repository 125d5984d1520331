import OrchardEvaluation
import OrchardJSON
import Testing

@Suite("Score report")
struct ScoreReportTests {
  private let corpus: PredictionSet

  init() throws {
    corpus = try PredictionSet(
      predictions: ["the cat sat on the mat", "a dog barked"],
      references: ["the cat sat on a mat", "the dog barked loudly"])
  }

  @Test("The table for people, word for word")
  func table() throws {
    let report = try ScoreReport(scoring: corpus, with: MetricCatalog.metrics(["rouge1", "bleu", "exact_match"]))
    #expect(
      report.table == """
        metric       variant     value
        ───────────  ─────────  ──────
        rouge1       precision  0.7500
        rouge1       recall     0.6667
        rouge1       f          0.7024
        BLEU         score       44.15
        exact_match  share      0.5000

        2 predictions, references for each: 1
        nrefs:1|stem:no|like:rouge_score-0.1.2
        nrefs:1|rules:squad-2.0
        BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0 = 44.15 \
        77.8/57.1/40.0/33.3 (BP = 0.895 ratio = 0.900 hyp_len = 9 ref_len = 10)
        """)
  }

  @Test("With a bootstrap the table has intervals, seed and resamples; with a baseline the differences")
  func intervals() throws {
    let baseline = try PredictionSet(predictions: ["cat", "dog"], references: corpus.references)
    let report = try ScoreReport(
      scoring: corpus, with: [ROUGE([.ngrams(1)])], bootstrap: Bootstrap(resamples: 100, seed: 7), baseline: baseline)
    let table = report.table
    #expect(table.contains("interval"))
    #expect(table.contains("95 % intervals from 100 resamples, seed 7"))
    #expect(table.contains("nrefs:1|bs:100|seed:7|stem:no|like:rouge_score-0.1.2"))
    #expect(table.contains("difference"))
    for score in report.scores {
      let interval = try #require(score.interval)
      #expect(interval.low <= score.value && score.value <= interval.high)
    }
  }

  @Test("The JSON holds every number with all that is needed to repeat it")
  func json() throws {
    let report = try ScoreReport(
      scoring: corpus, with: MetricCatalog.metrics(["rouge1", "bleu"]), bootstrap: Bootstrap(resamples: 100, seed: 7))
    let json = try JSONValue(parsing: report.json.text)
    #expect(json["segments"]?.int == 2)
    #expect(json["references"]?.int == 1)
    #expect(json["bootstrap"] == ["resamples": 100, "seed": 7, "confidence": 0.95])
    let scores = try #require(json["scores"]?.array)
    #expect(scores.count == 4)
    #expect(scores[3]["metric"]?.string == "BLEU")
    #expect(scores[3]["value"]?.double == report.score("BLEU", "score")?.value)
    #expect(scores[3]["low"]?.double == report.score("BLEU", "score")?.interval?.low)
    #expect(scores[3]["signature"]?.string?.hasPrefix("nrefs:1|bs:100|seed:7|case:mixed") == true)
    #expect(json["lines"]?.array?.count == 1)
  }
}
