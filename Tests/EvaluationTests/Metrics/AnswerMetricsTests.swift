import OrchardEvaluation
import OrchardJSON
import Testing

@Suite("Exact match and token F1")
struct AnswerMetricsTests {
  @Test("2,000 short and long answers equal SQuAD's rules")
  func equalSQuAD() throws {
    let expected = try golden("squad")
    let short = WordSalad.segments.enumerated().map { place, segment in
      (cut(segment.prediction, 1 + place % 3), segment.references.map { cut($0, 1 + place % 3) })
    }
    let long = WordSalad.segments.map { ($0.prediction, $0.references) }
    try expectEqual(rows(ExactMatch(), short), expected["exact"], "exact match")
    try expectEqual(rows(TokenF1(), short), expected["short_f1"], "F1 of short answers")
    try expectEqual(rows(TokenF1(), long), expected["f1"], "F1 of long answers")
  }

  @Test(
    "Case, punctuation and articles do not count; spelling does",
    arguments: [("The  Cat!", "cat", 1.0), ("a-n apple", "apple", 1), ("cats", "cat", 0), ("", "the", 1), ("", "x", 0)])
  func exactMatch(prediction: String, reference: String, expected: Double) {
    #expect(rows(ExactMatch(), [(prediction, [reference])]) == [expected])
  }

  @Test("Accuracy goes letter for letter")
  func accuracy() {
    #expect(rows(Accuracy(), [("A", ["A"]), ("a", ["A"]), ("12", ["13", "12"]), ("", ["x"])]) == [1, 0, 1, 0])
  }

  private func rows(_ metric: any Metric, _ segments: [(String, [String])]) -> [Double] {
    var scorer = metric.makeSegmentScorer()
    return segments.map { scorer.row(prediction: $0.0, references: $0.1)[0] }
  }

  private func cut(_ text: String, _ words: Int) -> String {
    var result: [String] = []
    text.withUTF8Bytes { bytes in
      Bytes.forEachWord(in: bytes) {
        if result.count < words { result.append(String(decoding: bytes[$0], as: UTF8.self)) }
      }
    }
    return result.joined(separator: " ")
  }
}
