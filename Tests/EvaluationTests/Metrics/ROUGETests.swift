import Foundation
import OrchardEvaluation
import OrchardJSON
import Testing
import TestSupport

@Suite("ROUGE")
struct ROUGETests {
  static let kinds: [ROUGE.Kind] = [.ngrams(1), .ngrams(2), .ngrams(3), .longestSubsequence, .summaryLevel]

  @Test("2,000 pairs equal rouge_score, one reference and the best of three", arguments: [false, true])
  func equalsRougeScore(stemmer: Bool) throws {
    let expected = try golden("rouge")
    let metric = ROUGE(Self.kinds, stemmer: stemmer)
    let single = WordSalad.segments.map {
      metric.score(prediction: $0.prediction, references: [$0.references[0]])
    }
    let multiple = WordSalad.segments.map { metric.score(prediction: $0.prediction, references: $0.references) }
    for (place, kind) in Self.kinds.enumerated() {
      let name = "\(kind)\(stemmer ? "-stem" : "")"
      try expectEqual(single.map { $0[place].precision }, expected["\(name)-precision"], "\(name) precision")
      try expectEqual(single.map { $0[place].recall }, expected["\(name)-recall"], "\(name) recall")
      try expectEqual(single.map { $0[place].f }, expected["\(name)-f"], "\(name) F")
      try expectEqual(multiple.map { $0[place].f }, expected["\(name)-multi-f"], "\(name) F, best of three")
    }
  }

  @Test("Texts without a token score 0")
  func emptyTexts() {
    for (prediction, reference) in [("", ""), ("", "word"), ("word", ""), ("!?", "日本"), ("\n\n", "\n")] {
      for overlap in ROUGE(Self.kinds).score(prediction: prediction, references: [reference]) {
        #expect(overlap == Overlap(matches: 0, prediction: 0, reference: 0))
      }
    }
  }

  @Test("Names of single kinds; an order of 0 is none")
  func names() {
    let options = MetricOptions()
    #expect(ROUGE.named("rouge", options: options)?.kinds.count == 4)
    #expect(ROUGE.named("rouge9", options: options)?.kinds == [.ngrams(9)])
    #expect(ROUGE.named("rougeLsum", options: options)?.kinds == [.summaryLevel])
    #expect(ROUGE.named("rouge0", options: options) == nil)
    #expect(ROUGE.named("rougeX", options: options) == nil)
  }

  // The fixture of ROUGE 1.5.5; its values were checked with rouge_score 0.1.2.
  @Test("Fixture pairs", .enabled(if: SharedData.isPresent))
  func fixturePairs() throws {
    let data = try fixture("target.txt", "prediction.txt")
    let plain = ROUGE([.ngrams(1), .ngrams(2), .longestSubsequence])
    let first = plain.score(prediction: data.predictions[0], references: data.references[0])
    let second = plain.score(prediction: data.predictions[1], references: data.references[1])
    let stemmed = ROUGE([.ngrams(1)], stemmer: true)
      .score(prediction: data.predictions[1], references: data.references[1])
    try expect(first[0], 0.68750, 0.40741, 0.51163)
    try expect(first[1], 0.53333, 0.30769, 0.39024)
    try expect(first[2], 0.68750, 0.40741, 0.51163)
    try expect(second[0], 0.65385, 0.40476, 0.50000)
    try expect(second[1], 0.48000, 0.29268, 0.36364)
    try expect(second[2], 0.65385, 0.40476, 0.50000)
    try expect(stemmed[0], 0.69231, 0.42857, 0.52941)
  }

  @Test("Fixture files as one text of many sentences", .enabled(if: SharedData.isPresent))
  func fixtureSummaries() throws {
    let multiple = try fixture("target_multi.0.txt", "prediction_multi.0.txt")
    let score = ROUGE([.summaryLevel], stemmer: true).score(
      prediction: multiple.predictions.joined(separator: "\n"),
      references: [multiple.references.joined().joined(separator: "\n")])
    try expect(score[0], 0.66667, 0.36538, 0.47205)
    let large = try fixture("target_large.txt", "prediction_large.txt")
    let whole = ROUGE([.summaryLevel]).score(
      prediction: large.predictions.joined(separator: "\n"),
      references: [large.references.joined().joined(separator: "\n")])
    #expect(close(whole[0].f, 0.533, within: 0.0005))
  }

  @Test("Fixture bootstrap", .enabled(if: SharedData.isPresent), arguments: [false, true])
  func fixtureBootstrap(stemmer: Bool) throws {
    let data = try fixture("target_large.txt", "prediction_large.txt")
    let report = try ScoreReport(
      scoring: data, with: [ROUGE([.ngrams(1)], stemmer: stemmer)], bootstrap: Bootstrap())
    let expected = stemmer ? [0.52434, 0.33580, 0.40524] : [0.49879, 0.31950, 0.38554]
    for (score, mid) in zip(report.scores, expected) {
      let interval = try #require(score.interval)
      #expect(close(interval.mid, mid, within: 0.002), "\(score.measure.variant)")
      #expect(interval.low < interval.mid && interval.mid < interval.high)
    }
  }

  private func fixture(_ target: String, _ prediction: String) throws -> PredictionSet {
    try PredictionSet(
      predictions: #require(SharedData.url("expected/rouge/\(prediction)")),
      references: [#require(SharedData.url("expected/rouge/\(target)"))])
  }

  /// The table of the fixture has five digits.
  private func expect(
    _ overlap: Overlap, _ precision: Double, _ recall: Double, _ f: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(close(overlap.precision, precision, within: 0.000_005_1), sourceLocation: sourceLocation)
    #expect(close(overlap.recall, recall, within: 0.000_005_1), sourceLocation: sourceLocation)
    #expect(close(overlap.f, f, within: 0.000_005_1), sourceLocation: sourceLocation)
  }
}
