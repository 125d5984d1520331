import Foundation
import OrchardSettings

/// What decides how often each task of a mixture is drawn.
public enum MixtureRule: String, NamedChoice {
  /// Its number of examples.
  case proportional
  /// The weight that the recipe gives it.
  case weights
}

/// How the examples of several tasks are mixed.
///
/// Raffel and others, "Exploring the limits of transfer learning", 2020, section 3.5.2.
public struct MixtureSettings: SettingsGroup, Equatable {
  /// What decides how often a task is drawn.
  public var by = MixtureRule.proportional
  /// Rates are taken to the power 1/T: above 1 small tasks come more often.
  public var temperature = 1.0
  /// A task counts as having at most so many examples; nil for no bound.
  public var cap: Int?

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "How the examples of several tasks are mixed."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("by", \.by, "What decides how often a task is drawn: its size, or the weight that it is given."),
      Field("temperature", \.temperature, "Rates to the power 1/T: above 1 small tasks come more often.", .above(0)),
      Field("cap", \.cap, "A task counts as having at most so many examples; empty for no bound.", .range(1...)),
    ]
  }
}

/// Which rows of several tasks an epoch has.
///
/// An epoch has as many rows as all tasks count. A task that is drawn more often than it has rows repeats them, one that
/// is drawn less often goes on in the next epoch where it stood: every row comes once before any comes again.
public struct Mixture: Sendable, Equatable {
  /// The rows of each task.
  public let parts: [Range<Int>]
  /// How many of each task's rows an epoch has.
  public let counts: [Int]

  /// A mixture of tasks with `parts` of all rows; `weights` count where the settings say so.
  public init(_ parts: [Range<Int>], weights: [Double], settings: MixtureSettings) {
    precondition(parts.count == weights.count && parts.allSatisfy { !$0.isEmpty }, "a mixture of \(parts)")
    self.parts = parts
    let sizes = parts.map { min($0.count, settings.cap ?? .max) }
    let total = sizes.reduce(0, +)
    let bases = settings.by == .weights ? weights : sizes.map(Double.init)
    let powers = bases.map { pow($0 / (bases.max() ?? 1), 1 / settings.temperature) }
    let sum = powers.reduce(0, +)
    counts = Self.rounded(powers.map { Double(total) * $0 / sum }, to: total)
  }

  /// Whole numbers with the sum `total`, none of them 0: what is left over goes to the largest remainders.
  private static func rounded(_ shares: [Double], to total: Int) -> [Int] {
    var counts = shares.map { max(1, Int($0)) }
    let order = shares.indices.sorted {
      (shares[$1] - shares[$1].rounded(.down), $0) < (shares[$0] - shares[$0].rounded(.down), $1)
    }
    for place in order where counts.reduce(0, +) < total { counts[place] += 1 }
    return counts
  }

  /// The rows of an epoch, task after task.
  func rows(epoch: Int, seed: Int, shuffled: Bool) -> [Int] {
    parts.indices.flatMap { task in
      let (part, count) = (parts[task], counts[task])
      let first = epoch * count
      var rows: [Int] = []
      var turn = -1
      var order: [Int] = []
      for place in first..<first + count {
        if place / part.count != turn {
          turn = place / part.count
          order = Array(part)
          var random = SeededGenerator(
            seed: UInt64(truncatingIfNeeded: seed) ^ 0x6D69_7874, stream: UInt64(task) << 40 | UInt64(turn))
          if shuffled { random.shuffle(&order) }
        }
        rows.append(order[place % part.count])
      }
      return rows
    }
  }
}
