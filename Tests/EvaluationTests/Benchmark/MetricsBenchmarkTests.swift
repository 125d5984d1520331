import Foundation
import OrchardEvaluation
import OrchardJSON
import TestSupport
import Testing

@Suite("Benchmark of metrics")
struct MetricsBenchmarkTests {
  @Test("The same seed makes the same texts, which read back as they were written")
  func corpusIsSeeded() throws {
    let corpus = try MetricsBenchmark.corpus(pairs: 30)
    #expect(try MetricsBenchmark.corpus(pairs: 30).predictions == corpus.predictions)
    #expect(try MetricsBenchmark.corpus(pairs: 30, seed: 2).predictions != corpus.predictions)
    let folder = try TemporaryFolder()
    try MetricsBenchmark.write(corpus, to: folder.url)
    let read = try PredictionSet(
      predictions: folder.url.appending(path: "predictions.txt"),
      references: [folder.url.appending(path: "references.txt")])
    #expect(read.predictions == corpus.predictions && read.references == corpus.references)
  }

  @Test("Every kind of work is timed as often as asked and gives a score")
  func measures() throws {
    let results = try MetricsBenchmark.measure(MetricsBenchmark.corpus(pairs: 20), repeats: 2)
    #expect(results.map { $0["work"]?.string } == ["rouge", "rouge-stemmed", "bleu", "chrf"])
    for result in results {
      #expect(result["seconds"]?.array?.count == 2)
      #expect(try #require(result["value"]?.double) > 0)
    }
  }
}
