/// How far several people agree beyond chance, whichever of them have judged what.
///
/// Krippendorff, "Computing Krippendorff's alpha-reliability", 2011.
public enum KrippendorffAlpha {
  /// What values mean.
  public enum Scale: Sendable {
    /// Names, alike or not.
    case nominal
    /// An order: what counts is how many lie between two values.
    case ordinal
    /// Numbers: what counts is their squared difference.
    case interval
  }

  /// 1 for full agreement, 0 for what chance gives; nil where no unit has two values, or all values are the same.
  ///
  /// `units` have the values that were given to each thing, in any order.
  public static func alpha(_ units: [[Double]], scale: Scale) -> Double? {
    let units = units.filter { $0.count > 1 }
    let values = Set(units.joined()).sorted()
    guard values.count > 1 else { return nil }
    let places = Dictionary(values.enumerated().map { ($1, $0) }, uniquingKeysWith: { $1 })
    // How often two values meet within a unit.
    var meetings = [[Double]](repeating: [Double](repeating: 0, count: values.count), count: values.count)
    for unit in units {
      let own = unit.compactMap { places[$0] }
      for (first, one) in own.enumerated() {
        for (second, other) in own.enumerated() where first != second {
          meetings[one][other] += 1 / Double(own.count - 1)
        }
      }
    }
    let counts = meetings.map { $0.reduce(0, +) }
    let total = counts.reduce(0, +)
    var (observed, expected) = (0.0, 0.0)
    for one in values.indices {
      for other in values.indices where other != one {
        let distance = distance(one, other, values, counts, scale)
        observed += meetings[one][other] * distance
        expected += counts[one] * counts[other] * distance
      }
    }
    return 1 - (total - 1) * observed / expected
  }

  private static func distance(
    _ one: Int, _ other: Int, _ values: [Double], _ counts: [Double], _ scale: Scale
  ) -> Double {
    switch scale {
    case .nominal: return 1
    case .interval: return (values[one] - values[other]) * (values[one] - values[other])
    case .ordinal:
      let between = counts[min(one, other)...max(one, other)].reduce(0, +) - (counts[one] + counts[other]) / 2
      return between * between
    }
  }
}
