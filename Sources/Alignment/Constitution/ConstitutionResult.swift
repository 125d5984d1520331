import Foundation
import OrchardJSON
import OrchardReports
import OrchardSettings
import OrchardTensors

/// What a run by principles has made.
public struct ConstitutionResult: Sendable {
  /// A round of critiques and revisions.
  public struct Round: Sendable {
    /// The principle of each row.
    public var principles: [String]
    /// The critiques.
    public var critiques: [String]
    /// The revised answers.
    public var revisions: [String]
  }

  /// What the judge found of two answers.
  public struct Judgement: Sendable {
    /// The prompt's row.
    public var row: Int
    /// One answer.
    public var first: String
    /// The other.
    public var second: String
    /// The probability that the first is the better one.
    public var probability: Double
    /// The principle.
    public var principle: String
    /// What the judge thought, if it was asked to.
    public var reasoning: String?
  }

  /// The prompts.
  public let prompts: [String]
  /// The first answers.
  public var answers: [String] = []
  /// The rounds.
  public var rounds: [Round] = []
  /// What the judge found.
  public var judgements: [Judgement] = []

  init(prompts: [String]) { self.prompts = prompts }

  /// Rows to fine-tune on: prompts with the last revisions; those that came out empty are left out.
  public func revised(_ conversation: (String) -> String) -> [JSONObject] {
    guard let last = rounds.last else { return [] }
    return zip(prompts, last.revisions).compactMap { prompt, revision in
      revision.isEmpty
        ? nil : JSONObject([("prompt", .string(conversation(prompt))), ("completion", .string(" " + revision))])
    }
  }

  /// Pairs to train a reward model or to align by: the likelier answer is the chosen one, and `probability` says how sure
  /// the judge is.
  public func preferences(certainty: Double, _ conversation: (String) -> String) -> [JSONObject] {
    judgements.compactMap { one in
      guard abs(one.probability - 0.5) >= certainty, one.probability != 0.5 else { return nil }
      let isFirst = one.probability > 0.5
      return JSONObject([
        ("prompt", .string(conversation(prompts[one.row]))),
        ("chosen", .string(" " + (isFirst ? one.first : one.second))),
        ("rejected", .string(" " + (isFirst ? one.second : one.first))),
        ("probability", .number(isFirst ? one.probability : 1 - one.probability)),
      ])
    }
  }

  func write(to folder: URL, recipe: ConstitutionRecipe, texts: ConstitutionTexts) throws {
    func write(_ rows: [JSONObject], _ name: String) throws {
      guard !rows.isEmpty else { return }
      let text = rows.map { JSONValue.object($0).text + "\n" }.joined()
      try AtomicFile.write(text, to: folder.appending(path: name))
    }
    try write(revised(texts.conversation), "fine-tune.jsonl")
    try write(preferences(certainty: recipe.certainty, texts.conversation), "preferences.jsonl")
    try AtomicFile.write(page(recipe).html, to: folder.appending(path: "report.html"))
  }

  /// All texts as a page.
  func page(_ recipe: ConstitutionRecipe) -> ReportPage {
    var page = ReportPage(title: "Constitution")
    page.summary =
      "\(prompts.count) prompts, \(rounds.count) rounds of critique and revision, \(judgements.count) judged pairs."
    let kept = preferences(certainty: recipe.certainty) { $0 }.count
    page.highlights = [
      ReportFact("prompts", "\(prompts.count)"), ReportFact("rounds", "\(rounds.count)"),
      ReportFact("judged pairs", "\(judgements.count)"), ReportFact("sure enough", "\(kept)"),
    ]
    let shown = 40
    let revisions = answers.indices.prefix(shown).map { row in
      AnsweredSample(
        title: "Prompt \(row + 1)", input: prompts[row],
        answers: [.init("first answer", .before, answers[row])]
          + rounds.flatMap { round -> [AnsweredSample.Answer] in
            [
              .init("critique: \(round.principles[row])", .human, round.critiques[row]),
              .init("revision", .after, round.revisions[row]),
            ]
          })
    }
    let judged = judgements.sorted { abs($0.probability - 0.5) > abs($1.probability - 0.5) }.prefix(shown).map { one in
      let percent = Int((100 * one.probability).rounded())
      var answers: [AnsweredSample.Answer] = [
        .init("A, \(percent) %", one.probability >= 0.5 ? .after : .before, one.first),
        .init("B, \(100 - percent) %", one.probability < 0.5 ? .after : .before, one.second),
      ]
      if let reasoning = one.reasoning { answers.append(.init("the judge thought", .human, reasoning)) }
      return AnsweredSample(title: one.principle, input: prompts[one.row], answers: answers)
    }
    page.sections = [
      .samples("Answers, critiques, revisions", revisions), .samples("Judged pairs, the surest first", judged),
      .facts("Recipe", [ReportFact("recipe", recipe.yaml)], isFolded: true),
    ]
    page.footer = "All texts are in the folder beside this page, a line of JSON each."
    return page
  }
}
