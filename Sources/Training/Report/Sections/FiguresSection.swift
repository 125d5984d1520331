import OrchardReports

/// How figures of the original begin.
private let original = "original_"

extension ReportSection {
  /// What the method of a run tells beside its loss, step by step: such as how often the better answer is found so.
  static func figures(_ history: RunHistory) -> ReportSection {
    let names = history.figureNames
    // What the original comes to stands beside what the model does.
    let ofOriginal = names.filter { $0.hasPrefix(original) && names.contains(String($0.dropFirst(original.count))) }
    let charts = names.filter { !ofOriginal.contains($0) }.map { name in
      var curves = ["training", "validation"].map { history.figureCurve(name, in: $0) }
      if ofOriginal.contains(original + name) {
        curves.append(
          Curve(
            name: "the original, validation", points: history.figureCurve(original + name, in: "validation").points))
      }
      let words = name.split(separator: "_").joined(separator: " ")
      return CurveChart(
        title: words.prefix(1).uppercased() + words.dropFirst(), vertical: words,
        curves: curves.filter { !$0.points.isEmpty })
    }
    return .curves("Answers", charts)
  }
}
