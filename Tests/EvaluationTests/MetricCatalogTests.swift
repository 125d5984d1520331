import Foundation
import OrchardEvaluation
import Testing
import TestSupport

@Suite("Metric catalog")
struct MetricCatalogTests {
  @Test("Every file in Metrics/ has its line in the catalog, and every line its file")
  func folderEqualsCatalog() throws {
    let folder = repository.appending(path: "Sources/Evaluation/Metrics")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(6)) }
    #expect(files.sorted() == MetricCatalog.all.map { String(describing: $0) }.sorted())
  }

  @Test("Every metric is found by its own name")
  func names() throws {
    for kind in MetricCatalog.all {
      let metrics = try MetricCatalog.metrics([kind.name])
      #expect(metrics.count == 1 && type(of: metrics[0]) == kind)
    }
  }

  @Test("Kinds of ROUGE that are named one by one are computed together, options reach their metrics")
  func options() throws {
    var options = MetricOptions()
    options.stemmer = true
    options.tokenizer = .character
    options.lowercase = true
    let metrics = try MetricCatalog.metrics(["rouge1", "rougeL", "bleu", "chrf++"], options: options)
    try #require(metrics.count == 3)
    #expect((metrics[0] as? ROUGE)?.kinds == [.ngrams(1), .longestSubsequence])
    #expect((metrics[0] as? ROUGE)?.stemmer == true)
    #expect((metrics[1] as? BLEU)?.tokenizer == .character)
    #expect((metrics[2] as? ChrF)?.wordOrder == 2)
    #expect((metrics[2] as? ChrF)?.lowercase == true)
  }

  @Test(
    "Names that cannot be served are refused with the reason",
    arguments: [
      (["blue"], "\"blue\" is no metric that is known here; there are rouge, bleu, chrf, exact_match, f1"),
      (["bleu", "bleu"], "BLEU is asked for twice; name each metric once"),
      (["rouge", "rouge2"], "rouge2 is asked for twice; name each metric once"),
      ([], "no metric was named; there are rouge, bleu, chrf, exact_match, f1"),
    ])
  func refused(names: [String], message: String) throws {
    let error = try #require(throws: EvaluationError.self) { try MetricCatalog.metrics(names) }
    #expect(error.description.hasPrefix(message))
  }
}
