import Foundation
import OrchardEvaluation
import OrchardJSON
import TestSupport
import Testing

@Suite("Agreement of labels")
struct LabelAgreementTests {
  @Test("Accuracy, precision, recall, F1 and confusion are scikit-learn's")
  func goldens() throws {
    let json = try JSONValue(parsing: Data(contentsOf: Goldens.url("labels.json")))
    func integers(_ key: String) throws -> [Int] { try #require(json[key]?.array).compactMap(\.int) }
    func numbers(_ key: String) throws -> [Double] { try #require(json[key]?.array).compactMap(\.double) }
    let names = ["a", "b", "c", "d", "e"]
    let probabilities = try integers("given").map { given in names.indices.map { $0 == given ? 0.6 : 0.1 } }
    let found = LabelAgreement(probabilities, wanted: try integers("wanted"), labels: names)
    #expect(try found.labels.map(\.precision) == numbers("precision"))
    #expect(try found.labels.map(\.recall) == numbers("recall"))
    for (own, expected) in zip(found.labels.map(\.f1), try numbers("f1")) { #expect(abs(own - expected) < 1e-12) }
    #expect(try found.labels.map(\.support) == integers("support"))
    #expect(abs(found.macroF1 - (try #require(json["macro_f1"]?.double))) < 1e-12)
    #expect(abs(found.accuracy - (try #require(json["accuracy"]?.double))) < 1e-12)
    #expect(try found.confusion == #require(json["confusion"]?.array).map { $0.array?.compactMap(\.int) ?? [] })
    #expect(found.interval.low < found.accuracy && found.accuracy < found.interval.high)
    // All are 0.6 sure, and two in three are right.
    #expect(abs(found.calibration.error - (2.0 / 3 - 0.6)) < 1e-12 && found.calibration.bins.count == 1)
  }

  @Test("Of labels that are equally likely the first is given")
  func ties() {
    let found = LabelAgreement([[0.5, 0.5], [0.2, 0.8]], wanted: [0, 1], labels: ["a", "b"])
    #expect(found.accuracy == 1)
  }
}
