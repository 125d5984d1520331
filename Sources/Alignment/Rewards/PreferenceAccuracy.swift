import Foundation
import OrchardDatasets
import OrchardEvaluation
import OrchardJSON

/// How well scores agree with what people preferred.
public struct PreferenceAccuracy: Sendable {
  /// Pairs of a better and a worse answer.
  public let pairs: Int
  /// The share of prompts' pairs whose better answer has the higher score; a tie counts half, all pairs of a prompt together as
  /// one.
  public let accuracy: Double
  /// Its interval over prompts.
  public let interval: BootstrapInterval
  /// The mean difference of the scores of better and worse answers.
  public let margin: Double
  /// How far the probabilities σ(difference) are from how often they come true: the mean distance over ten bins, each
  /// weighed by its pairs (Guo and others, "On calibration of modern neural networks", 2017).
  public let calibrationError: Double
  /// The bins that hold pairs.
  public let bins: [Bin]

  /// Pairs of about the same confidence.
  public struct Bin: Sendable {
    /// Pairs.
    public let count: Int
    /// The mean probability of the answer with the higher score.
    public let confidence: Double
    /// How often it is the better one.
    public let accuracy: Double
  }

  /// How scores of all examples agree with their grades, group by group; nil where there is no pair.
  public init?(
    _ scores: [Double], of data: RenderedDataset, bootstrap: Bootstrap = Bootstrap()
  ) {
    var prompts: [Double] = []
    var differences: [Double] = []
    for group in data.groups {
      var own: [Double] = []
      for one in group {
        for other in group where data.examples[one].grade > data.examples[other].grade {
          own.append(scores[one] - scores[other])
        }
      }
      guard !own.isEmpty else { continue }
      prompts.append(own.reduce(0) { $0 + Self.right($1) } / Double(own.count))
      differences += own
    }
    guard !prompts.isEmpty else { return nil }
    pairs = differences.count
    accuracy = prompts.reduce(0, +) / Double(prompts.count)
    interval = bootstrap.interval(ofMean: prompts)
    margin = differences.reduce(0, +) / Double(differences.count)
    let binned = Dictionary(grouping: differences) { min(9, Int((Self.confidence($0) - 0.5) * 20)) }
    bins = binned.sorted { $0.key < $1.key }.map { _, own in
      Bin(
        count: own.count, confidence: own.reduce(0) { $0 + Self.confidence($1) } / Double(own.count),
        accuracy: own.reduce(0) { $0 + Self.right($1) } / Double(own.count))
    }
    let count = Double(differences.count)
    calibrationError = bins.reduce(0) { $0 + Double($1.count) / count * abs($1.confidence - $1.accuracy) }
  }

  private static func right(_ difference: Double) -> Double { difference > 0 ? 1 : difference == 0 ? 0.5 : 0 }

  private static func confidence(_ difference: Double) -> Double {
    1 / (1 + exp(-abs(difference)))
  }

  /// The figures by name.
  public var json: JSONValue {
    [
      "pairs": .integer(pairs), "accuracy": .number(accuracy),
      "interval": [.number(interval.low), .number(interval.high)], "margin": .number(margin),
      "calibration_error": .number(calibrationError),
      "bins": .array(
        bins.map {
          ["pairs": .integer($0.count), "confidence": .number($0.confidence), "accuracy": .number($0.accuracy)]
        }),
    ]
  }
}
