/// Curves over one axis, such as the losses of training and of held-out data.
public struct CurveChart: Sendable {
  /// What the picture shows.
  public var title: String
  /// The name of the horizontal axis, with its unit.
  public var horizontal: String
  /// The name of the vertical axis, with its unit.
  public var vertical: String
  /// The curves; each of the first six has a colour and a pattern of dashes of its own.
  public var curves: [Curve]
  /// Whether the vertical axis begins at nothing, so that heights can be compared by eye.
  public var startsAtZero: Bool

  /// A chart.
  public init(
    title: String, horizontal: String = "step", vertical: String = "loss", curves: [Curve], startsAtZero: Bool = false
  ) {
    self.startsAtZero = startsAtZero
    self.title = title
    self.horizontal = horizontal
    self.vertical = vertical
    self.curves = curves
  }
}

/// One curve.
public struct Curve: Sendable {
  /// The name in the legend.
  public var name: String
  /// The points from left to right; one that is not finite is left out.
  public var points: [(x: Double, y: Double)]

  /// A curve.
  public init(name: String, points: [(x: Double, y: Double)]) {
    self.name = name
    self.points = points
  }
}

extension ReportSection {
  /// Pictures of curves; a chart without a finite point is left out.
  public static func curves(_ title: String, _ charts: [CurveChart]) -> ReportSection {
    ReportSection(title, charts.compactMap { LineChart($0)?.figure })
  }
}
