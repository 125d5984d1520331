import OrchardReports

extension ReportSection {
  /// Scores before and after a run: a picture of the measures that sum a metric up, and tables.
  public static func scores(_ title: String, _ changes: ScoreChanges) -> ReportSection {
    ReportSection(title, (ScoreChart(changes.scores).map { [$0.figure] } ?? []) + ScoreTable(changes).content)
  }
}

/// The tables of scores, precision and recall folded away.
private struct ScoreTable {
  let changes: ScoreChanges

  init(_ changes: ScoreChanges) { self.changes = changes }

  var content: [HTML] {
    if changes.scores.isEmpty { return [] }
    var content: [HTML] = []
    let summaries = changes.scores.filter(\.measure.isSummary)
    let parts = changes.scores.filter { !$0.measure.isSummary }
    if !summaries.isEmpty { content.append(.tag("div", class: "card scroll", [table(summaries)])) }
    if !parts.isEmpty {
      content.append(
        .tag(
          "details", class: "card scroll",
          [.tag("summary", [], .text("Precision and recall")), table(parts)]))
    }
    if !changes.notes.isEmpty {
      content.append(.tag("ul", class: "notes", changes.notes.map { .tag("li", [], .text($0)) }))
    }
    return content
  }

  private func table(_ scores: [ScoreChange]) -> HTML {
    let hasBefore = scores.contains { $0.before != nil }
    let names = ["metric"] + (hasBefore ? ["before"] : []) + ["after"] + (hasBefore ? ["change"] : [])
    let head = names.map { name in
      HTML.tag("th", [("scope", "col"), ("class", name == "metric" ? "" : "number")], .text(name))
    }
    let rows = scores.map { HTML.element("tr", [], cells(of: $0, hasBefore: hasBefore)) }
    return .tag(
      "table", class: "scores", [.tag("thead", [], .element("tr", [], head)), .element("tbody", [], rows)])
  }

  private func cells(of score: ScoreChange, hasBefore: Bool) -> [HTML] {
    let decimals = score.measure.decimals
    let variant = score.measure.variant == "f" ? "F" : score.measure.variant
    var cells: [HTML] = [
      .tag("th", [("scope", "row")], .text(score.measure.displayName), .tag("small", [], .text(variant)))
    ]
    if hasBefore { cells.append(valueCell(score.before, score.beforeInterval, decimals)) }
    cells.append(valueCell(score.after, score.afterInterval, decimals))
    if hasBefore {
      let change = score.before.map { score.after - $0 } ?? 0
      let text = score.before == nil ? "–" : (change > 0 ? "+" : "") + change.fixed(decimals)
      let kind = change > 0 ? "number up" : change < 0 ? "number down" : "number"
      cells.append(.tag("td", class: kind, [.text(text)]))
    }
    return cells
  }

  private func valueCell(_ value: Double?, _ interval: BootstrapInterval?, _ decimals: Int) -> HTML {
    var content: [HTML] = [.tag("b", [], .text(value?.fixed(decimals) ?? "–"))]
    if let interval { content.append(.tag("small", [], .text(interval.text(decimals)))) }
    return .tag("td", class: "number", content)
  }
}
