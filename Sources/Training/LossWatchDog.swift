import Foundation

/// Watches for a loss that runs away: the mean of the last steps beside the lowest such mean so far.
struct LossWatchDog {
  /// Steps in a mean.
  static let window = 20

  private let factor: Double
  private var recent: [Double] = []
  private var lowest = Double.infinity

  init(factor: Double) { self.factor = factor }

  /// Notes a step's loss; returns what to tell where it has run away.
  mutating func add(_ loss: Double) -> String? {
    recent = recent.suffix(Self.window - 1) + [loss]
    guard recent.count == Self.window else { return nil }
    let mean = recent.reduce(0, +) / Double(Self.window)
    lowest = min(lowest, mean)
    guard mean > factor * lowest else { return nil }
    return String(format: "%.4g, a mean of %d steps; its lowest was %.4g", mean, Self.window, lowest)
  }
}
