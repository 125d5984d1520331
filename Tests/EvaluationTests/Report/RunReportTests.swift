import Foundation
import OrchardEvaluation
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Report of a run")
struct RunReportTests {
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
    var report = RunReport(title: "t")
    report.samples = [.init(input: "a\u{0}b\u{1B}[31m\tc\r\nd\u{7F}", human: "", before: nil, after: "")]
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

  @Test("Scores, intervals and changes stand in the table, in the picture, and in its tooltips")
  func scores() throws {
    let page = try ParsedPage(report("text").html)
    #expect(page.texts.contains("ROUGE-1") && page.texts.contains("BLEU"))
    #expect(page.texts.contains("0.2500") && page.texts.contains("0.5000") && page.texts.contains("+0.2500"))
    #expect(page.texts.contains("[0.2000, 0.3000]"))
    #expect(page.texts.contains("ROUGE-1 before: 0.2500 [0.2000, 0.3000]"))
    #expect(page.texts.contains("-7.50"), "a score that fell is told as well")
    // Two bars for each of the two summary measures, drawn for two widths of screen.
    #expect(page.classes.count { $0 == "bar before" } == 4 && page.classes.count { $0 == "bar after" } == 4)
  }

  @Test("Curves have axes, legend and values to point at; points that are not finite are left out")
  func curves() throws {
    var report = RunReport(title: "t")
    var training: [(x: Double, y: Double)] = []
    var random = SplitMix64(seed: 1)
    for step in 0..<1000 { training.append((Double(step), 10 / Double(step + 1) + Double(random.below(100)) / 100)) }
    training[500].y = .nan
    let heldOut: [(x: Double, y: Double)] = [(0, 8), (500, 2.5), (999, .infinity)]
    report.charts = [
      .init(
        title: "Loss", curves: [.init(name: "training", points: training), .init(name: "held-out", points: heldOut)])
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
    var report = RunReport(title: "t")
    var rates: [(x: Double, y: Double)] = []
    for step in 0...100 {
      rates.append((Double(step), step < 10 ? Double(step) * 2e-5 : 2e-4 * Double(100 - step) / 90))
    }
    report.charts = [.init(title: "Learning rate", vertical: "rate", curves: [.init(name: "rate", points: rates)])]
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
      var report = RunReport(title: "t")
      report.charts = [.init(title: "Loss", curves: [.init(name: "a", points: points)])]
      let page = try ParsedPage(report.html)
      #expect(page.classes.contains("dot c0"), "\(points)")
      #expect(!report.html.contains("nan") && !report.html.contains("inf"), "\(points)")
    }
    var report = RunReport(title: "t")
    report.charts = [
      .init(title: "Loss", curves: [.init(name: "a", points: []), .init(name: "b", points: [(0, .nan)])])
    ]
    #expect(try ParsedPage(report.html).elements["figure"] == nil)
  }

  @Test("An empty report is a page with its title; scores without any before have no such column")
  func sparseReports() throws {
    let empty = try ParsedPage(RunReport(title: "Nothing yet").html)
    #expect(empty.texts.contains("Nothing yet") && empty.elements["section"] == nil)
    var report = RunReport(title: "t")
    let set = try PredictionSet(predictions: ["a b"], references: ["a c"])
    report.setScores(before: nil, after: try ScoreReport(scoring: set, with: [ROUGE([.ngrams(1)])]))
    let page = try ParsedPage(report.html)
    #expect(!page.texts.contains("before") && !page.texts.contains("change"))
    #expect(page.texts.contains("1 examples") == false && page.texts.contains("1 example"))
  }

  @Test("The file holds the page")
  func writes() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "report.html")
    try report("text").write(to: file)
    #expect(try String(contentsOf: file, encoding: .utf8) == report("text").html)
  }

  /// A report with the text in every place that takes any.
  private func report(_ text: String) -> RunReport {
    var report = RunReport(title: text)
    report.summary = text
    report.highlights = [.init(text, text)]
    report.charts = [
      .init(
        title: text, horizontal: text, vertical: text,
        curves: [.init(name: text, points: [(0, 3), (10, 2), (20, 1.5)])])
    ]
    report.samples = [.init(title: text, input: text, human: text, before: text, after: text)]
    report.settings = [.init(text, text)]
    report.commands = [.init(text, text)]
    report.footer = text
    let interval = BootstrapInterval([0.2, 0.3], confidence: 1)
    func change(_ measure: Measure, _ before: Double, _ after: Double) -> RunReport.ScoreChange {
      .init(measure: measure, before: before, beforeInterval: interval, after: after, afterInterval: interval)
    }
    report.scores = [
      change(Measure("rouge1", "precision", decimals: 4, maximum: 1), 0.1, 0.2),
      change(Measure("rouge1", "f", decimals: 4, maximum: 1), 0.25, 0.5),
      change(Measure("BLEU", "score", decimals: 2, maximum: 100), 20, 12.5),
    ]
    report.scoreNotes = [text]
    return report
  }
}

/// A page as an XML parser sees it: only well-formed pages can be read.
private final class ParsedPage: NSObject, XMLParserDelegate {
  struct Malformed: Error { let line: Int }

  private(set) var elements: [String: Int] = [:]
  private(set) var attributes: Set<String> = []
  private(set) var classes: [String] = []
  private(set) var texts: [String] = []
  private var lines: [(points: String, box: String)] = []
  private var box = ""
  private var text = ""

  init(_ html: String) throws {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    if !parser.parse() { throw Malformed(line: parser.lineNumber) }
  }

  /// The points of each curve with the width and height of its drawing.
  func polylines() throws -> [(points: [(x: Double, y: Double)], width: Double, height: Double)] {
    try lines.map { line in
      let box = line.box.split(separator: " ").compactMap { Double($0) }
      let points = try line.points.split(separator: " ").map { point in
        let numbers = point.split(separator: ",").compactMap { Double($0) }
        try #require(numbers.count == 2)
        return (x: numbers[0], y: numbers[1])
      }
      return (points, box[2], box[3])
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes values: [String: String]
  ) {
    endText()
    elements[name, default: 0] += 1
    attributes.formUnion(values.keys)
    texts += values.values
    if let kind = values["class"] { classes.append(kind) }
    if let box = values["viewBox"] { self.box = box }
    if let points = values["points"] { lines.append((points, box)) }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    endText()
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  private func endText() {
    if !text.isEmpty { texts.append(text) }
    text = ""
  }
}
