/// A curve in one line of text.
public enum Sparkline {
  private static let bars = Array("▁▂▃▄▅▆▇█")

  /// The curve in at most `width` columns, and its first and last value: `▇▅▃▂▁▁  4.1 → 1.6`.
  ///
  /// Empty where no point is finite.
  public static func text(_ curve: Curve, width: Int) -> String {
    let points = LineChart.thinned(curve.points.filter { $0.y.isFinite && $0.x.isFinite }, to: max(1, width))
    guard let first = points.first, let last = points.last else { return "" }
    let low = points.map(\.y).min() ?? 0
    let span = (points.map(\.y).max() ?? 0) - low
    let line = points.map { point in
      bars[span > 0 ? min(bars.count - 1, Int((point.y - low) / span * Double(bars.count))) : 0]
    }
    return "\(String(line))  \(LineChart.value(first.y)) → \(LineChart.value(last.y))"
  }
}
