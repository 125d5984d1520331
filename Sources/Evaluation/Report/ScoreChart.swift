import OrchardReports

/// A picture of scores before and after, a pair of bars for each with their intervals.
struct ScoreChart {
  private let scores: [ScoreChange]

  /// The picture of those measures that sum a metric up (F rather than precision and recall), nil where there is none.
  init?(_ scores: [ScoreChange]) {
    self.scores = scores.filter { $0.measure.isSummary && $0.after.isFinite }
    if self.scores.isEmpty { return nil }
  }

  /// The figure: legend and drawing.
  var figure: HTML {
    var legend: [HTML] = []
    if hasBefore { legend.append(.tag("span", class: "key before", [.tag("i"), .text("before")])) }
    legend.append(.tag("span", class: "key after", [.tag("i"), .text("after")]))
    return .tag(
      "figure", class: "card",
      [
        .tag(
          "figcaption", [], .tag("h3", [], .text(hasBefore ? "Before and after" : "After training")),
          .tag("div", class: "legend", legend))
      ]
        + Picture.both(draw))
  }

  private var hasBefore: Bool { scores.contains { $0.before != nil } }

  private var hasIntervals: Bool { scores.contains { $0.afterInterval != nil } }

  private func draw(_ size: Picture.Size) -> HTML {
    let isWide = size.kind == Picture.Size.desktop.kind
    // On a phone the name stands above its bars.
    let left = isWide ? 110.0 : 6
    let heading = isWide ? 0.0 : 18
    let barHeight = 16.0
    let row = heading + (hasBefore ? 2 * barHeight + 4 : barHeight) + 18
    let bottom = 12 + row * Double(scores.count)
    let top = shares.max() ?? 1
    let scale = AxisScale(
      of: [0, top], ticks: isWide ? 6 : 4, pixels: (from: left, to: size.width - 62), widening: true)
    var content: [HTML] = []
    for tick in scale.ticks {
      let x = scale.place(tick)
      content.append(Picture.line("grid", (x, 6), (x, bottom)))
      content.append(Picture.label("\((tick * 100).fixed(0)) %", x: x, y: bottom + 17, anchor: "middle"))
    }
    for (place, score) in scores.enumerated() {
      var y = 12 + row * Double(place)
      let middle = y + (row - 18) / 2
      if isWide {
        content.append(Picture.label(name(score), x: left - 12, y: middle + 4, anchor: "end", kind: "row"))
      } else {
        content.append(Picture.label(name(score), x: left + 5, y: y + 11, kind: "row"))
      }
      y += heading
      if let before = score.before {
        content += bar("before", before, score.beforeInterval, score.measure, scale, y: y, height: barHeight)
      }
      if hasBefore { y += barHeight + 4 }
      content += bar("after", score.after, score.afterInterval, score.measure, scale, y: y, height: barHeight)
    }
    content.append(Picture.line("axis", (left, 6), (left, bottom)))
    let explanation = "share of the best possible value" + (hasIntervals && isWide ? "; thin lines are intervals" : "")
    content.append(
      Picture.label(explanation, x: size.width - 14, y: bottom + 38, anchor: "end", kind: "name"))
    return Picture.image(size, height: bottom + 44, description: description, content)
  }

  private func bar(
    _ kind: String, _ value: Double, _ interval: BootstrapInterval?, _ measure: Measure, _ scale: AxisScale, y: Double,
    height: Double
  ) -> [HTML] {
    guard value.isFinite else { return [] }
    let start = scale.place(0)
    let end = scale.place(value / measure.maximum)
    let middle = y + height / 2
    var title = "\(measure.displayName) \(kind): \(value.fixed(measure.decimals))"
    if let interval { title += " \(interval.text(measure.decimals))" }
    let place = [("x", start), ("y", y), ("width", max(end - start, 1)), ("height", height)]
    var content: [HTML] = [
      .tag(
        "rect", [("class", "bar \(kind)"), ("rx", "2")] + place.map { ($0.0, Picture.number($0.1)) },
        .tag("title", [], .text(title)))
    ]
    var edge = end
    if let interval {
      let (low, high) = (scale.place(interval.low / measure.maximum), scale.place(interval.high / measure.maximum))
      content.append(Picture.line("whisker", (low, middle), (high, middle)))
      for x in [low, high] { content.append(Picture.line("whisker", (x, middle - 4), (x, middle + 4))) }
      edge = max(edge, high)
    }
    content.append(Picture.label(value.fixed(measure.decimals), x: edge + 7, y: middle + 4, kind: "value"))
    return content
  }

  /// All ends of bars and intervals as shares of the best possible value.
  private var shares: [Double] {
    scores.flatMap { score in
      [score.before, score.after, score.beforeInterval?.high, score.afterInterval?.high]
        .compactMap { $0.map { $0 / score.measure.maximum } }.filter(\.isFinite)
    }
  }

  private func name(_ score: ScoreChange) -> String { score.measure.displayName }

  private var description: String {
    let parts = scores.map { score in
      let after = score.after.fixed(score.measure.decimals)
      guard let before = score.before else { return "\(name(score)) \(after)" }
      return "\(name(score)) from \(before.fixed(score.measure.decimals)) to \(after)"
    }
    return "Scores: \(parts.joined(separator: "; "))"
  }
}

extension Measure {
  /// Whether this number sums its metric up, as F does for precision and recall.
  package var isSummary: Bool { variant != "precision" && variant != "recall" }

  /// The metric's name as people write it: `ROUGE-Lsum`, `exact match`.
  package var displayName: String {
    metric.hasPrefix("rouge") ? "ROUGE-" + metric.dropFirst(5) : metric.replacing("_", with: " ")
  }
}
