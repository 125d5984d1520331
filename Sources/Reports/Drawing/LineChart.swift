/// A picture of curves with axes, a legend, and values to be read by pointing.
struct LineChart {
  private struct Line {
    let name: String
    let color: String
    let points: [(x: Double, y: Double)]
    /// The curve without its noise, where it has many points and is noisy.
    let smooth: [(x: Double, y: Double)]?
  }

  private let chart: CurveChart
  private let lines: [Line]

  /// The picture of a chart; nil where no curve has a finite point.
  init?(_ chart: CurveChart) {
    self.chart = chart
    lines = chart.curves.enumerated().compactMap { place, curve in
      let points = LineChart.thinned(curve.points.filter { $0.x.isFinite && $0.y.isFinite }, to: 400)
      guard !points.isEmpty else { return nil }
      let smooth = points.count > 40 && LineChart.isNoisy(points) ? LineChart.smoothed(points) : nil
      return Line(name: curve.name, color: "c\(place % 6)", points: points, smooth: smooth)
    }
    if lines.isEmpty { return nil }
  }

  /// The figure: legend and drawing.
  var figure: HTML {
    let legend = lines.map { line in
      HTML.tag(
        "span", class: "key",
        [
          Picture.swatch("curve \(line.color)"), .text(line.name),
          .tag("b", [], .text(LineChart.value((line.smooth ?? line.points).last?.y ?? 0))),
        ])
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
      of: all.map(\.x), ticks: isWide ? 8 : 5, pixels: (from: 46, to: size.width - 14), widening: false,
      isWhole: all.allSatisfy { $0.x == $0.x.rounded() })
    let vertical = AxisScale(
      of: all.map(\.y) + (chart.startsAtZero ? [0] : []), ticks: 5, pixels: (from: bottom, to: 24), widening: true)
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
}
