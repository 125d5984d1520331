import Foundation
import OrchardJSON

/// How well a classifier's labels agree with those that texts have.
public struct LabelAgreement: Sendable {
  /// What was found for one label.
  public struct Label: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Of the texts that were given the label the share that has it; 0 where there are none.
    public let precision: Double
    /// Of the texts that have the label the share that was given it; 0 where there are none.
    public let recall: Double
    /// The harmonic mean of both.
    public let f1: Double
    /// Texts that have it.
    public let support: Int
  }

  /// Texts.
  public let count: Int
  /// The share that was given its own label.
  public let accuracy: Double
  /// Its interval over texts.
  public let interval: BootstrapInterval
  /// The mean of the labels' F1, each counting as much as any other.
  public let macroF1: Double
  /// Label by label.
  public let labels: [Label]
  /// Texts by the label that they have, and by the one that they were given.
  public let confusion: [[Int]]
  /// How far the likeliest label's probabilities are from how often it is right.
  public let calibration: Calibration

  /// Compares probabilities of labels, text by text, with the number of the label that each text has.
  ///
  /// There must be a text.
  public init(
    _ probabilities: [[Double]], wanted: [Int], labels names: [String], bootstrap: Bootstrap = Bootstrap()
  ) {
    precondition(!wanted.isEmpty && probabilities.count == wanted.count, "a label for each text")
    let given = probabilities.map { row in row.indices.max { (row[$0], $1) < (row[$1], $0) } ?? 0 }
    var confusion = names.map { _ in names.map { _ in 0 } }
    for (own, found) in zip(wanted, given) { confusion[own][found] += 1 }
    let right = zip(wanted, given).map { $0 == $1 ? 1.0 : 0.0 }
    count = wanted.count
    accuracy = right.reduce(0, +) / Double(count)
    interval = bootstrap.interval(ofMean: right)
    labels = names.enumerated().map { number, name in
      let hits = Double(confusion[number][number])
      let (support, found) = (confusion[number].reduce(0, +), confusion.reduce(0) { $0 + $1[number] })
      return Label(
        name: name, precision: found == 0 ? 0 : hits / Double(found), recall: support == 0 ? 0 : hits / Double(support),
        f1: support + found == 0 ? 0 : 2 * hits / Double(support + found), support: support)
    }
    macroF1 = labels.reduce(0) { $0 + $1.f1 } / Double(max(1, labels.count))
    self.confusion = confusion
    calibration = Calibration(
      zip(zip(probabilities, given), right).map { (confidence: $0.0[$0.1], accuracy: $1) },
      least: 0)
  }

  /// The figures by name.
  public var json: JSONValue {
    [
      "texts": .integer(count), "accuracy": .number(accuracy),
      "interval": [.number(interval.low), .number(interval.high)], "macro_f1": .number(macroF1),
      "labels": .array(
        labels.map {
          [
            "label": .string($0.name), "precision": .number($0.precision), "recall": .number($0.recall),
            "f1": .number($0.f1), "texts": .integer($0.support),
          ]
        }), "confusion": .array(confusion.map { .array($0.map(JSONValue.integer)) }),
      "calibration_error": .number(calibration.error), "bins": calibration.json(unit: "texts"),
    ]
  }
}
