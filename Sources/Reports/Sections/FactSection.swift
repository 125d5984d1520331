extension ReportSection {
  /// Names and values side by side; many of them can be folded away until somebody asks for them.
  public static func facts(_ title: String, _ facts: [ReportFact], isFolded: Bool = false) -> ReportSection {
    if facts.isEmpty { return ReportSection(title, []) }
    let list = HTML.tag(
      "dl", class: isFolded ? "settings" : "card settings",
      facts.map { fact in
        .tag("div", [], .tag("dt", [], .text(fact.name)), .tag("dd", [], .text(fact.value)))
      })
    guard isFolded else { return ReportSection(title, [list]) }
    let count = facts.count == 1 ? "1 value" : "\(facts.count) values"
    return ReportSection(title, [.tag("details", class: "card", [.tag("summary", [], .text(count)), list])])
  }
}
