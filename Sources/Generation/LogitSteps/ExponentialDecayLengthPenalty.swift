import Foundation
import OrchardSettings

/// Makes the end tokens likelier with each token beyond a length, exponentially.
public struct ExponentialDecayLengthPenalty: LogitStep {
  /// How many new tokens are left alone.
  public let start: Int
  /// The factor by which the pull to the end grows with each token.
  public let factor: Double
  /// The tokens that end a text.
  public let endTokens: [Int]

  /// A step with its start and factor.
  public init(start: Int, factor: Double, endTokens: [Int]) {
    self.start = start
    self.factor = factor
    self.endTokens = endTokens
  }

  /// Adds `|logit| · (factorⁿ − 1)` to the end tokens' logits, n tokens beyond the start.
  public func apply(to row: LogitRow) {
    let beyond = row.position - start
    guard beyond > 0 else { return }
    let growth = Float(pow(factor, Double(beyond)) - 1)
    for token in endTokens where row.logits.indices.contains(token) && row.logits[token].isFinite {
      row.logits[token] += abs(row.logits[token]) * growth
    }
  }

  static let kind = LogitStepKind(
    "exponential-decay-length-penalty",
    "A number of new tokens and a factor: beyond them the end becomes likelier by the factor each time.", part: .always
  ) { (value: LengthDecay, situation) in
    ExponentialDecayLengthPenalty(start: value.start, factor: value.factor, endTokens: situation.endTokens)
  }
}

/// A number of tokens and a factor, written as a list of both.
public struct LengthDecay: LogitStepValue {
  /// How many new tokens are left alone.
  public let start: Int
  /// The factor.
  public let factor: Double

  /// A start with its factor.
  public init(start: Int, factor: Double) {
    self.start = start
    self.factor = factor
  }

  /// "a number of tokens and a factor".
  public static func expected(_ limits: Limits) -> String { "a number of tokens and a factor, such as [50, 1.1]" }

  /// Reads a list of the two.
  public static func read(
    _ tree: SettingsTree, over current: LengthDecay?, limits: Limits, into reader: inout SettingsReader
  ) -> LengthDecay? {
    guard case .list(let parts, _) = tree, parts.count == 2 else {
      reader.refuse(tree, expected: expected(limits))
      return nil
    }
    let start = Int.read(parts[0], over: nil, limits: .range(0...), into: &reader)
    let factor = Double.read(parts[1], over: nil, limits: .above(0), into: &reader)
    guard let start, let factor else { return nil }
    return LengthDecay(start: start, factor: factor)
  }

  /// The list of the two.
  public var outline: SettingsOutline { .list([start.outline, factor.outline]) }
}
