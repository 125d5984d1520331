/// How alike two orders of the same things are.
public enum KendallTau {
  /// Tau-b, in which ties count for neither: 1 for the same order, −1 for the opposite; nil where one has only ties.
  ///
  /// Kendall, "The treatment of ties in ranking problems", 1945.
  public static func tau(_ one: [Double], _ other: [Double]) -> Double? {
    precondition(one.count == other.count, "orders of \(one.count) and \(other.count) things")
    var (agreeing, pairsOfOne, pairsOfOther) = (0, 0, 0)
    for first in one.indices {
      for second in one.indices where second > first {
        let (left, right) = (sign(one[first] - one[second]), sign(other[first] - other[second]))
        agreeing += left * right
        pairsOfOne += left * left
        pairsOfOther += right * right
      }
    }
    guard pairsOfOne > 0, pairsOfOther > 0 else { return nil }
    return Double(agreeing) / (Double(pairsOfOne) * Double(pairsOfOther)).squareRoot()
  }

  private static func sign(_ difference: Double) -> Int { difference > 0 ? 1 : difference < 0 ? -1 : 0 }
}
