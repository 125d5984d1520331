import OrchardEvaluation
import OrchardReports
import TestSupport
import Testing

@Suite("Scores on a page")
struct ScoreSectionTests {
  @Test("Scores, intervals and changes stand in the table, in the picture, and in its tooltips")
  func scores() throws {
    let page = try ParsedPage(self.page.html)
    #expect(page.texts.contains("ROUGE-1") && page.texts.contains("BLEU"))
    #expect(page.texts.contains("0.2500") && page.texts.contains("0.5000") && page.texts.contains("+0.2500"))
    #expect(page.texts.contains("[0.2000, 0.3000]"))
    #expect(page.texts.contains("ROUGE-1 before: 0.2500 [0.2000, 0.3000]"))
    #expect(page.texts.contains("-7.50"), "a score that fell is told as well")
    // Two bars for each of the two summary measures, drawn for two widths of screen.
    #expect(page.classes.count { $0 == "bar before" } == 4 && page.classes.count { $0 == "bar after" } == 4)
  }

  @Test("Names and notes never become markup")
  func hostileText() throws {
    let text = "<script>alert(1)</script>"
    var page = ReportPage(title: "t")
    page.sections = [.scores(text, ScoreChanges(Self.changes, notes: [text]))]
    let parsed = try ParsedPage(page.html)
    #expect(parsed.elements["script"] == nil && parsed.texts.count { $0 == text } == 2)
  }

  @Test("Scores without any before have no such column")
  func sparse() throws {
    let set = try PredictionSet(predictions: ["a b"], references: ["a c"])
    let scores = ScoreChanges(before: nil, after: try ScoreReport(scoring: set, with: [ROUGE([.ngrams(1)])]))
    var page = ReportPage(title: "t")
    page.sections = [.scores("Scores", scores)]
    let parsed = try ParsedPage(page.html)
    #expect(!parsed.texts.contains("before") && !parsed.texts.contains("change"))
    #expect(parsed.texts.contains("1 examples") == false && parsed.texts.contains("1 example"))
  }

  private var page: ReportPage {
    var page = ReportPage(title: "text")
    page.sections = [.scores("Scores", ScoreChanges(Self.changes, notes: ["text"]))]
    return page
  }

  private static var changes: [ScoreChange] {
    let interval = BootstrapInterval([0.2, 0.3], confidence: 1)
    func change(_ measure: Measure, _ before: Double, _ after: Double) -> ScoreChange {
      .init(measure: measure, before: before, beforeInterval: interval, after: after, afterInterval: interval)
    }
    return [
      change(Measure("rouge1", "precision", decimals: 4, maximum: 1), 0.1, 0.2),
      change(Measure("rouge1", "f", decimals: 4, maximum: 1), 0.25, 0.5),
      change(Measure("BLEU", "score", decimals: 2, maximum: 100), 20, 12.5),
    ]
  }
}
