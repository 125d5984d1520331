/// A table: a head, rows, and what is to be known beside it.
public struct ReportTable: Sendable {
  /// The columns' names.
  public var head: [String]
  /// The cells, row by row; the first of each names its row.
  public var rows: [[String]]
  /// The columns of numbers, which stand to the right.
  public var numeric: Set<Int>
  /// Lines under the table.
  public var notes: [String]

  /// A table.
  public init(head: [String], rows: [[String]], numeric: Set<Int> = [], notes: [String] = []) {
    self.head = head
    self.rows = rows
    self.numeric = numeric
    self.notes = notes
  }

  /// The table as lines of text.
  public var text: String {
    (TextTable.lines([head] + rows, rightAligned: numeric) + notes).joined(separator: "\n")
  }
}

extension ReportSection {
  /// A table; one without rows is left out.
  public static func table(_ title: String, _ table: ReportTable) -> ReportSection {
    if table.rows.isEmpty { return ReportSection(title, []) }
    func kind(_ column: Int) -> String { table.numeric.contains(column) ? "number" : "" }
    let head = table.head.enumerated().map { column, name in
      HTML.tag("th", [("scope", "col"), ("class", kind(column))], .text(name))
    }
    let rows = table.rows.map { row in
      HTML.element(
        "tr", [],
        row.enumerated().map { column, cell in
          column == 0
            ? HTML.tag("th", [("scope", "row")], .text(cell)) : HTML.tag("td", [("class", kind(column))], .text(cell))
        })
    }
    var content: [HTML] = [
      .tag(
        "div", class: "card scroll",
        [
          .tag(
            "table", class: "plain",
            [.tag("thead", [], .element("tr", [], head)), .element("tbody", [], rows)])
        ])
    ]
    if !table.notes.isEmpty {
      content.append(.tag("ul", class: "notes", table.notes.map { .tag("li", [], .text($0)) }))
    }
    return ReportSection(title, content)
  }
}
