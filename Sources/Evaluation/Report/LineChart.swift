/// A picture of curves with axes, a legend, and values to be read by pointing.
struct LineChart {
  private struct Line {
    let name: String
    let color: String
    let points: [(x: Double, y: Double)]
    /// The curve without its noise, where it has many points and is noisy.
    let smooth: [(x: Double, y: Double)]?
  }

  private let chart: RunReport.Chart
  private let lines: [Line]

  /// The picture of a chart; nil where no curve has a finite point.
  init?(_ chart: RunReport.Chart) {
    self.chart = chart
    lines = chart.curves.enumerated().compactMap { place, curve in
      let points = LineChart.thinned(curve.points.filter { $0.x.isFinite && $0.y.isFinite }, to: 400)
      guard !points.isEmpty else { return nil }
      let smooth = points.count > 40 && LineChart.isNoisy(points) ? LineChart.smoothed(points) : nil
      return Line(name: curve.name, color: "c\(place % 4)", points: points, smooth: smooth)
    }
    if lines.isEmpty { return nil }
  }

  /// The figure: legend and drawing.
  var figure: HTML {
    let legend = lines.map { line in
      HTML.tag(
        "span", class: "key \(line.color)",
        [.tag("i"), .text(line.name), .tag("b", [], .text(LineChart.value((line.smooth ?? line.points).last?.y ?? 0)))])
    }
    return .tag(
      "figure", class: "card",
      [.tag("figcaption", [], .tag("h3", [], .text(chart.title)), .tag("div", class: "legend", legend))]
        + Picture.both(draw))
  }

  private func draw(_ size: Picture.Size) -> HTML {
    let all = lines.flatMap(\.points)
    let bottom = size.height - 34
    let isWide = size.kind == Picture.Size.desktop.kind
    let horizontal = AxisScale(
      of: all.map(\.x), ticks: isWide ? 8 : 5, pixels: (from: 46, to: size.width - 14), widening: false)
    let vertical = AxisScale(of: all.map(\.y), ticks: 5, pixels: (from: bottom, to: 24), widening: true)
    var content: [HTML] = []
    for tick in vertical.ticks {
      let y = vertical.place(tick)
      content.append(Picture.line("grid", (46, y), (size.width - 14, y)))
      content.append(Picture.label(vertical.label(tick), x: 38, y: y + 4, anchor: "end"))
    }
    for tick in horizontal.ticks {
      let x = horizontal.place(tick)
      content.append(Picture.line("mark", (x, bottom), (x, bottom + 5)))
      content.append(Picture.label(horizontal.label(tick), x: x, y: bottom + 19, anchor: "middle"))
    }
    content.append(Picture.line("axis", (46, bottom), (size.width - 14, bottom)))
    content.append(Picture.label(chart.vertical, x: 4, y: 11, kind: "name"))
    content.append(
      Picture.label(chart.horizontal, x: size.width - 14, y: size.height - 1, anchor: "end", kind: "name"))
    for line in lines { content += draw(line, horizontal, vertical) }
    return Picture.image(size, height: size.height, description: description, content)
  }

  private func draw(_ line: Line, _ horizontal: AxisScale, _ vertical: AxisScale) -> [HTML] {
    func placed(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
      points.map { (horizontal.place($0.x), vertical.place($0.y)) }
    }
    var content: [HTML] = []
    if let smooth = line.smooth {
      content.append(Picture.polyline("raw \(line.color)", placed(line.points)))
      content.append(Picture.polyline("curve \(line.color)", placed(smooth)))
    } else {
      content.append(Picture.polyline("curve \(line.color)", placed(line.points)))
    }
    // Points to read values from: seen where they are few, felt where they are many.
    let shown = LineChart.picked(line.smooth ?? line.points, at: line.points.count > 24 ? 48 : 24)
    let kind = line.points.count > 24 ? "touch" : "dot"
    for point in shown {
      content.append(
        Picture.dot(
          "\(kind) \(line.color)", x: horizontal.place(point.x), y: vertical.place(point.y),
          radius: kind == "dot" ? 3.5 : 7,
          title: "\(line.name): \(LineChart.value(point.y)) at \(chart.horizontal) \(LineChart.value(point.x))"))
    }
    return content
  }

  private var description: String {
    let parts = lines.map { line in
      let points = line.smooth ?? line.points
      return "\(line.name) from \(LineChart.value(points[0].y)) to \(LineChart.value(points[points.count - 1].y))"
    }
    return "\(chart.title): \(parts.joined(separator: "; "))"
  }

  /// A value in four significant digits, whole numbers as such.
  private static func value(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return value.fixed(0) }
    if abs(value) >= 1000 { return value.fixed(0) }
    return abs(value) >= 0.001 ? value.fixed(abs(value) >= 100 ? 1 : abs(value) >= 10 ? 2 : 3) : "\(Float(value))"
  }

  /// Means of neighbours, so that there are no more points than pixels.
  private static func thinned(_ points: [(x: Double, y: Double)], to count: Int) -> [(x: Double, y: Double)] {
    guard points.count > count else { return points }
    return (0..<count).map { place in
      let part = points[(points.count * place / count)..<(points.count * (place + 1) / count)]
      let size = Double(part.count)
      return (part.reduce(0) { $0 + $1.x } / size, part.reduce(0) { $0 + $1.y } / size)
    }
  }

  /// Whether a curve turns at every fifth point or more; a schedule of learning rates does not, a loss does.
  private static func isNoisy(_ points: [(x: Double, y: Double)]) -> Bool {
    let turns = (1..<(points.count - 1)).count { place in
      (points[place].y - points[place - 1].y) * (points[place + 1].y - points[place].y) < 0
    }
    return turns * 5 > points.count
  }

  /// A moving mean over the neighbours on both sides, of which there are fewer towards the ends: it neither lags
  /// behind the curve nor leaves its first and last points.
  private static func smoothed(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
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
  private static func picked(_ points: [(x: Double, y: Double)], at count: Int) -> [(x: Double, y: Double)] {
    guard points.count > count else { return points }
    return (0..<count).map { points[$0 * (points.count - 1) / (count - 1)] }
  }
}
