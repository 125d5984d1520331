import OrchardEvaluation
import OrchardJSON
import Testing

@Suite("chrF")
struct ChrFTests {
  static let metrics: [String: ChrF] = [
    "chrf": ChrF(), "chrf++": ChrF(wordOrder: 2), "lowercase": ChrF(wordOrder: 1, lowercase: true),
    "whitespace": ChrF(whitespace: true), "epsilon": ChrF(beta: 3, epsilonSmoothing: true),
  ]

  @Test("2,000 sentences with three references equal sacreBLEU", arguments: metrics.keys.sorted())
  func sentencesEqualSacreBLEU(name: String) throws {
    let metric = try #require(Self.metrics[name])
    let scores = WordSalad.segments.map { metric.score(prediction: $0.prediction, references: $0.references) }
    try expectEqual(scores, golden("chrf")["sentences"]?[name], name)
  }

  @Test("Corpora: score, signature and printed line equal sacreBLEU", arguments: metrics.keys.sorted())
  func corporaEqualSacreBLEU(name: String) throws {
    let metric = try #require(Self.metrics[name])
    let all = try #require(try golden("chrf")["corpora"]?.array).filter { $0["name"]?.string == name }
    try #require(all.count == 8)
    for expected in all {
      let report = try ScoreReport(scoring: corpus(expected), with: [metric])
      #expect(close(report.scores[0].value, try #require(expected["score"]?.double)))
      #expect(report.lines == [expected["line"]?.string])
    }
  }
}
