import Foundation
import OrchardReports
import TestSupport
import Testing

@Suite("A page")
struct ReportPageTests {
  @Test("Text of models and data sets never becomes markup", arguments: hostile)
  func hostileText(text: String) throws {
    let page = try ParsedPage(report(text).html)
    // Everything that was put in stands in the page as text, and no element or attribute came of it.
    #expect(page.elements["script"] == nil && page.elements["img"] == nil && page.elements["iframe"] == nil)
    #expect(page.attributes.isDisjoint(with: ["src", "href", "srcset", "onerror", "onload", "onclick", "style"]))
    #expect(page.texts.count { $0.contains(text) } >= 12)
    #expect(page.elements["h1"] == 1 && page.elements["article"] == 1 && page.elements["title"] ?? 0 > 1)
  }

  static let hostile = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\" onload=\"alert(1)", "' onclick='alert(1)",
    "</title></style></svg></body>", "<!-- x", "]]>", "<![CDATA[x", "&lt;&amp;amp;&#60;", "<?xml x?>", "a < b > c & d",
    "日本語 مرحبا \u{1F600} e\u{301}",
  ]

  @Test("Control characters are shown as such, line breaks and tabs are kept")
  func controlCharacters() throws {
    var report = ReportPage(title: "t")
    report.sections = [.samples("s", [.init(input: "a\u{0}b\u{1B}[31m\tc\r\nd\u{7F}", answers: [])])]
    let page = try ParsedPage(report.html)
    #expect(
      page.texts.contains { $0.unicodeScalars.elementsEqual("a\u{FFFD}b\u{FFFD}[31m\tc\r\nd\u{FFFD}".unicodeScalars) })
  }

  @Test("The page needs nothing else and lets nothing run")
  func selfContained() throws {
    let html = report("text").html
    let page = try ParsedPage(html)
    #expect(html.hasPrefix("<!DOCTYPE html>\n"))
    #expect(html.contains("content=\"default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;\""))
    #expect(page.elements["link"] == nil && page.elements["script"] == nil)
    // The only addresses are the names of the two formats.
    let addresses = html.matches(of: /https?:[^"]*/).map { String($0.output) }
    #expect(Set(addresses) == ["http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"])
    #expect(!html.contains("url(") && !html.contains("@import"))
    #expect(html.contains("prefers-color-scheme: dark") && html.contains("max-width: 640px"))
  }

  @Test("Curves have axes, legend and values to point at; points that are not finite are left out")
  func curves() throws {
    var report = ReportPage(title: "t")
    var training: [(x: Double, y: Double)] = []
    for step in 0..<1000 { training.append((Double(step), 10 / Double(step + 1) + Double(step * 7919 % 100) / 100)) }
    training[500].y = .nan
    let heldOut: [(x: Double, y: Double)] = [(0, 8), (500, 2.5), (999, .infinity)]
    report.sections = [
      .curves(
        "Curves",
        [
          .init(
            title: "Loss",
            curves: [.init(name: "training", points: training), .init(name: "held-out", points: heldOut)])
        ])
    ]
    let html = report.html
    let page = try ParsedPage(html)
    #expect(page.texts.contains("held-out: 2.500 at step 500"))
    #expect(page.texts.contains("loss") && page.texts.contains("step"))
    #expect(page.classes.count { $0 == "dot c1" } == 4, "two points in two drawings")
    #expect(page.classes.contains("touch c0") && page.classes.contains("raw c0") && page.classes.contains("curve c0"))
    #expect(!html.contains("nan") && !html.contains("inf"))
    // All points lie inside their drawing.
    for (points, width, height) in try page.polylines() {
      #expect(points.allSatisfy { $0.x >= 0 && $0.x <= width && $0.y >= 0 && $0.y <= height })
    }
  }

  @Test("A schedule is drawn as it is, its small rates in few letters")
  func learningRates() throws {
    var report = ReportPage(title: "t")
    var rates: [(x: Double, y: Double)] = []
    for step in 0...100 {
      rates.append((Double(step), step < 10 ? Double(step) * 2e-5 : 2e-4 * Double(100 - step) / 90))
    }
    report.sections = [
      .curves("c", [.init(title: "Learning rate", vertical: "rate", curves: [.init(name: "rate", points: rates)])])
    ]
    let page = try ParsedPage(report.html)
    #expect(page.texts.contains("5e-5") && page.texts.contains("1.5e-4") && page.texts.contains("2e-4"))
    #expect(!page.classes.contains("raw c0"), "a curve without noise is not smoothed")
    #expect(page.texts.contains("rate: 0 at step 100"))
  }

  @Test("Curves that are flat, a single point, tiny, huge or without any point")
  func oddCurves() throws {
    let odd: [[(x: Double, y: Double)]] = [
      [(1, 2)], [(1, 2), (2, 2)], [(0, 1e-9), (1, 2e-9)], [(0, 1e12), (1, -3e12)], [(0, 0)],
    ]
    for points in odd {
      var report = ReportPage(title: "t")
      report.sections = [.curves("c", [.init(title: "Loss", curves: [.init(name: "a", points: points)])])]
      let page = try ParsedPage(report.html)
      #expect(page.classes.contains("dot c0"), "\(points)")
      #expect(!report.html.contains("nan") && !report.html.contains("inf"), "\(points)")
    }
    var report = ReportPage(title: "t")
    report.sections = [
      .curves(
        "Curves",
        [
          .init(title: "Loss", curves: [.init(name: "a", points: []), .init(name: "b", points: [(0, .nan)])])
        ])
    ]
    #expect(try ParsedPage(report.html).elements["figure"] == nil)
  }

  @Test("An empty page has its title, and no section without content")
  func sparsePages() throws {
    var page = ReportPage(title: "Nothing yet")
    page.sections = [
      .curves("a", []), .samples("b", []), .facts("c", []), .table("d", ReportTable(head: ["x"], rows: [])),
      .commands("e", []),
    ]
    let empty = try ParsedPage(page.html)
    #expect(empty.texts.contains("Nothing yet") && empty.elements["section"] == nil)
  }

  @Test("Curves can be told apart without their colours")
  func patterns() throws {
    var page = ReportPage(title: "t")
    let curves = (0..<6).map { Curve(name: "run \($0)", points: [(0, Double($0)), (9, Double($0) + 1)]) }
    page.sections = [.curves("c", [CurveChart(title: "Loss", curves: curves)])]
    let styles = page.html
    let dashes = styles.matches(of: /\.curve\.c[0-9] \{ stroke-dasharray: ([^;]*);/).map { String($0.1) }
    #expect(Set(dashes).count == 5, "five patterns beside the solid line")
    let parsed = try ParsedPage(page.html)
    for place in 0..<6 {
      #expect(parsed.classes.count { $0 == "curve c\(place)" } == 3, "in two drawings and in the legend")
    }
  }

  @Test("Ticks between counts are left out; an axis begins at nothing where that is asked for")
  func axes() throws {
    var page = ReportPage(title: "t")
    page.sections = [
      .curves(
        "c", [.init(title: "Speed", curves: [.init(name: "a", points: [(1, 90), (3, 100)])], startsAtZero: true)])
    ]
    let texts = try ParsedPage(page.html).texts
    for tick in ["1", "2", "3", "0", "100"] { #expect(texts.contains(tick), "\(tick)") }
    #expect(!texts.contains("1.5"))
  }

  /// A report with the text in every place that takes any.
  private func report(_ text: String) -> ReportPage {
    var report = ReportPage(title: text)
    report.summary = text
    report.highlights = [.init(text, text)]
    report.sections = [
      .curves(
        text,
        [
          .init(
            title: text, horizontal: text, vertical: text,
            curves: [.init(name: text, points: [(0, 3), (10, 2), (20, 1.5)])])
        ]),
      .samples(
        text,
        [.init(title: text, input: text, answers: [.init(text, .human, text), .init(text, .after, text)])]),
      .facts(text, [.init(text, text)]), .facts(text, [.init(text, text)], isFolded: true),
      .table(text, ReportTable(head: [text, text], rows: [[text, text]], numeric: [1], notes: [text])),
      .commands(text, [.init(text, text)]),
    ]
    report.footer = text
    return report
  }
}
