extension ReportPage {
  /// The page from head to foot; a part without content is left out.
  var markup: HTML {
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
          .style(ReportPage.styles)),
        .tag("body", [], .element("main", [], [header] + parts + foot)),
      ])
  }

  private var header: HTML {
    var content: [HTML] = [
      .tag("p", class: "brand", [ReportPage.leaf, .text("Orchard")]), .tag("h1", [], .text(title)),
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

  private var parts: [HTML] {
    sections.filter { !$0.content.isEmpty }.map { section in
      .element("section", [], [.tag("h2", [], .text(section.title))] + section.content)
    }
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
