import Foundation

extension Double {
  /// The number with so many digits after the point, rounded as C and Python round it.
  package func fixed(_ decimals: Int) -> String { String(format: "%.\(decimals)f", self) }
}
