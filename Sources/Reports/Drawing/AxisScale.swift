import Foundation

/// A stretch of numbers laid along a line of pixels, with round numbers marked.
package struct AxisScale {
  /// The numbers at both ends.
  package let range: ClosedRange<Double>
  /// The round numbers to mark.
  package let ticks: [Double]
  private let decimals: Int
  private let pixels: (from: Double, to: Double)

  /// A scale that holds all of `values`.
  ///
  /// - Parameters:
  ///   - values: Finite numbers, any count of them.
  ///   - count: About how many ticks to mark.
  ///   - pixels: The places of the ends.
  ///   - widening: Whether the ends are moved out to round numbers.
  ///   - isWhole: Whether the numbers are counts, so that ticks between them would mean nothing.
  package init(
    of values: [Double], ticks count: Int, pixels: (from: Double, to: Double), widening: Bool, isWhole: Bool = false
  ) {
    var low = values.min() ?? 0
    var high = values.max() ?? 1
    if high - low < max(abs(high), 1e-9) * 1e-6 {
      let margin = max(abs(high) * 0.1, 0.5)
      (low, high) = (low - margin, high + margin)
    }
    let step = max(AxisScale.roundStep((high - low) / Double(max(count, 1))), isWhole ? 1 : 0)
    if widening { (low, high) = ((low / step).rounded(.down) * step, (high / step).rounded(.up) * step) }
    let first = Int((low / step - 1e-9).rounded(.up))
    let last = Int((high / step + 1e-9).rounded(.down))
    range = low...high
    ticks = first <= last ? (first...last).map { Double($0) * step } : []
    decimals = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
    self.pixels = pixels
  }

  /// The place of a number.
  package func place(_ value: Double) -> Double {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return pixels.from + (pixels.to - pixels.from) * share
  }

  /// A tick's number in as many digits as tell the ticks apart; very small and very large ones as `2e-5`.
  package func label(_ tick: Double) -> String {
    if tick == 0 { return "0" }
    if decimals <= 4, abs(tick) < 1e6 { return tick.fixed(decimals) }
    let power = log10(abs(tick) * (1 + 1e-9)).rounded(.down)
    let mantissa = (tick / pow(10, power)).fixed(1)
    return "\(mantissa.hasSuffix(".0") ? String(mantissa.dropLast(2)) : mantissa)e\(Int(power))"
  }

  /// The smallest of 1, 2, 5, 10 times a power of ten that is not below `step`.
  private static func roundStep(_ step: Double) -> Double {
    let power = pow(10, log10(step).rounded(.down))
    return ([1, 2, 5].first { $0 * power >= step * (1 - 1e-9) } ?? 10) * power
  }
}
