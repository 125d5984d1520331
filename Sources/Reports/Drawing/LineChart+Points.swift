import Foundation

extension LineChart {
  /// A value in four significant digits, whole numbers as such.
  static func value(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return value.fixed(0) }
    if abs(value) >= 1000 { return value.fixed(0) }
    if abs(value) >= 0.001 { return value.fixed(abs(value) >= 100 ? 1 : abs(value) >= 10 ? 2 : 3) }
    let power = log10(abs(value)).rounded(.down)
    return "\((value / pow(10, power)).fixed(2))e\(Int(power))"
  }

  /// Means of neighbours, so that there are no more points than pixels.
  static func thinned(_ points: [(x: Double, y: Double)], to count: Int) -> [(x: Double, y: Double)] {
    guard points.count > count else { return points }
    return (0..<count).map { place in
      let part = points[(points.count * place / count)..<(points.count * (place + 1) / count)]
      let size = Double(part.count)
      return (part.reduce(0) { $0 + $1.x } / size, part.reduce(0) { $0 + $1.y } / size)
    }
  }

  /// Whether a curve turns at every fifth point or more; a schedule of learning rates does not, a loss does.
  static func isNoisy(_ points: [(x: Double, y: Double)]) -> Bool {
    let turns = (1..<(points.count - 1)).count { place in
      (points[place].y - points[place - 1].y) * (points[place + 1].y - points[place].y) < 0
    }
    return turns * 5 > points.count
  }

  /// A moving mean over the neighbours on both sides, of which there are fewer towards the ends: it neither lags
  /// behind the curve nor leaves its first and last points.
  static func smoothed(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    let reach = max(2, points.count / 30)
    var sums = [0.0]
    for point in points { sums.append(sums[sums.count - 1] + point.y) }
    return points.indices.map { place in
      let side = min(reach, place, points.count - 1 - place)
      let sum = sums[place + side + 1] - sums[place - side]
      return (points[place].x, sum / Double(2 * side + 1))
    }
  }

  /// About `count` of the points at even distances, first and last among them.
  static func picked(_ points: [(x: Double, y: Double)], at count: Int) -> [(x: Double, y: Double)] {
    guard points.count > count else { return points }
    return (0..<count).map { points[$0 * (points.count - 1) / (count - 1)] }
  }
}
