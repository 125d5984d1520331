extension RunReport {
  /// The page from head to foot; a part without content is left out.
  var page: HTML {
    .element(
      "html", [("lang", "en"), ("xmlns", "http://www.w3.org/1999/xhtml")],
      [
        .tag(
          "head", [], .tag("meta", [("charset", "utf-8")]),
          .tag("meta", [("name", "viewport"), ("content", "width=device-width, initial-scale=1")]),
          // Nothing may be loaded and nothing may run, whatever a sample holds.
          .tag(
            "meta",
            [
              ("http-equiv", "Content-Security-Policy"),
              ("content", "default-src 'none'; style-src 'unsafe-inline'"),
            ]),
          .tag("meta", [("name", "color-scheme"), ("content", "light dark")]), .tag("title", [], .text(title)),
          .style(RunReport.styles)),
        .tag("body", [], .element("main", [], [header] + sections + foot)),
      ])
  }

  private var header: HTML {
    var content: [HTML] = [
      .tag("p", class: "brand", [RunReport.leaf, .text("Orchard")]), .tag("h1", [], .text(title)),
    ]
    if !summary.isEmpty { content.append(.tag("p", class: "summary", [.text(summary)])) }
    if !highlights.isEmpty {
      content.append(
        .tag(
          "dl", class: "tiles",
          highlights.map { fact in
            .tag("div", [], .tag("dt", [], .text(fact.name)), .tag("dd", [], .text(fact.value)))
          }))
    }
    return .element("header", [], content)
  }

  private var sections: [HTML] {
    let figures = charts.compactMap { LineChart($0)?.figure }
    let scoreParts = (ScoreChart(scores).map { [$0.figure] } ?? []) + scoreTable
    let cards = samples.enumerated().map { card($1, number: $0 + 1) }
    return section("Learning", figures) + section("Scores", scoreParts) + section("Examples", cards)
      + section("Go on", commandBlocks) + section("Settings", settingsTable)
  }

  private func section(_ title: String, _ content: [HTML]) -> [HTML] {
    content.isEmpty ? [] : [.element("section", [], [.tag("h2", [], .text(title))] + content)]
  }

  // MARK: Scores

  private var scoreTable: [HTML] {
    if scores.isEmpty { return [] }
    var content: [HTML] = []
    let summaries = scores.filter(\.measure.isSummary)
    let parts = scores.filter { !$0.measure.isSummary }
    if !summaries.isEmpty { content.append(.tag("div", class: "card scroll", [table(summaries)])) }
    if !parts.isEmpty {
      content.append(
        .tag(
          "details", class: "card scroll",
          [.tag("summary", [], .text("Precision and recall")), table(parts)]))
    }
    if !scoreNotes.isEmpty {
      content.append(.tag("ul", class: "notes", scoreNotes.map { .tag("li", [], .text($0)) }))
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

  // MARK: Samples, commands, settings

  private func card(_ sample: Sample, number: Int) -> HTML {
    var answers = [answer("Human", "human", sample.human)]
    if let before = sample.before { answers.append(answer("Before", "before", before)) }
    answers.append(answer("After", "after", sample.after))
    return .tag(
      "article", class: "card sample",
      [
        .tag("h3", [], .text(sample.title.isEmpty ? "Example \(number)" : sample.title)),
        .tag("div", class: "input", [.text(sample.input)]), .tag("div", class: "answers", answers),
      ])
  }

  private func answer(_ name: String, _ kind: String, _ text: String) -> HTML {
    let isEmpty = text.allSatisfy(\.isWhitespace)
    let body = HTML.tag("p", class: isEmpty ? "nothing" : "", [.text(isEmpty ? "(no text)" : text)])
    return .tag("div", class: "answer \(kind)", [.tag("h4", [], .text(name)), body])
  }

  private var commandBlocks: [HTML] {
    commands.map { command in
      .tag(
        "div", class: "card command",
        [.tag("p", [], .text(command.name)), .tag("pre", [], .tag("code", [], .text(command.value)))])
    }
  }

  private var settingsTable: [HTML] {
    if settings.isEmpty { return [] }
    return [
      .tag(
        "dl", class: "card settings",
        settings.map { fact in
          .tag("div", [], .tag("dt", [], .text(fact.name)), .tag("dd", [], .text(fact.value)))
        })
    ]
  }

  private var foot: [HTML] { footer.isEmpty ? [] : [.tag("footer", [], .text(footer))] }

  /// A leaf on its stem.
  private static let leaf = HTML.element(
    "svg",
    [("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", "0 0 24 24"), ("class", "leaf"), ("aria-hidden", "true")],
    [
      .tag("path", [("class", "blade"), ("d", "M20 3C10 3 4 8 4 15c0 2 .6 3.6 1.4 4.8C14 20 20.500 14 20 3z")]),
      .tag("path", [("class", "stem"), ("d", "M3.500 22C5.500 16.500 9.500 11.500 15 8.500")]),
    ])
}
