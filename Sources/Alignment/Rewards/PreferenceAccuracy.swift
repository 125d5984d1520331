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
  /// How far the probabilities σ(difference) of the answer with the higher score are from how often it is the better one.
  public let calibration: Calibration

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
    calibration = Calibration(
      differences.map { (confidence: 1 / (1 + exp(-abs($0))), accuracy: Self.right($0)) }, least: 0.5)
  }

  private static func right(_ difference: Double) -> Double { difference > 0 ? 1 : difference == 0 ? 0.5 : 0 }

  /// The figures by name.
  public var json: JSONValue {
    [
      "pairs": .integer(pairs), "accuracy": .number(accuracy),
      "interval": [.number(interval.low), .number(interval.high)], "margin": .number(margin),
      "calibration_error": .number(calibration.error), "bins": calibration.json(unit: "pairs"),
    ]
  }
}
