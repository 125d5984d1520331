import OrchardReports

extension ReportSection {
  /// What the method of a run tells beside its loss, step by step: such as how often the better answer is found so.
  static func figures(_ history: RunHistory) -> ReportSection {
    let charts = history.figureNames.map { name in
      let curves = ["training", "validation"].map { history.figureCurve(name, in: $0) }
      let words = name.split(separator: "_").joined(separator: " ")
      return CurveChart(
        title: words.prefix(1).uppercased() + words.dropFirst(), vertical: words,
        curves: curves.filter { !$0.points.isEmpty })
    }
    return .curves("Answers", charts)
  }
}
