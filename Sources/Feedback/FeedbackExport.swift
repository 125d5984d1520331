import OrchardJSON
import OrchardSettings

/// What people have found, as rows to train on.
public struct FeedbackExport {
  /// The form of the rows.
  public enum Form: String, NamedChoice {
    /// A row an item, with its answers and their ranks.
    case rankings
    /// A row for each two answers that differ: K·(K−1)/2 of a ranking of K without ties.
    case pairs
    /// A row an answer, good or bad.
    case labels
    /// A row an item, with its corrected text.
    case corrections
  }

  private let items: [FeedbackItem]
  private let found: [Int64: [RatedItem]]
  private let tasks: [String: FeedbackQuestion.Task]

  /// An export of a store's judgements, of all questions or of one.
  ///
  /// - Throws: `FeedbackError` where there is no such question; the error of the file.
  public init(_ store: FeedbackStore, question: String? = nil) throws {
    let questions = try store.questions()
    if let question, !questions.contains(where: { $0.name == question }) {
      throw FeedbackError(
        "there is no question “\(question)”; asked are \(questions.map { "“\($0.name)”" }.joined(separator: ", "))")
    }
    items = try store.items()
    found = Dictionary(
      grouping: try store.judgements().filter { question == nil || $0.question == question }, by: \.item)
    tasks = Dictionary(questions.map { ($0.name, $0.task) }, uniquingKeysWith: { $1 })
  }

  /// The rows in a form; each has the fields of its prompt's row.
  ///
  /// Where several have judged an item, their ranks are averaged (Borda's count), and of thumbs the majority counts; with
  /// `eachRater` each judgement gives rows of its own, which name the rater and the question.
  public func rows(_ form: Form, eachRater: Bool = false) -> [JSONObject] {
    items.flatMap { item -> [JSONObject] in
      let judged = found[item.id] ?? []
      guard !judged.isEmpty else { return [] }
      guard eachRater else { return rows(item, judged, form) }
      return judged.flatMap { one in
        rows(item, [one], form).map { row in
          var row = row
          row["question"] = .string(one.question)
          row["rater"] = .string(one.rater)
          return row
        }
      }
    }
  }

  private func rows(_ item: FeedbackItem, _ judged: [RatedItem], _ form: Form) -> [JSONObject] {
    switch form {
    case .rankings: return ranking(item, judged)
    case .pairs: return pairs(item, judged)
    case .labels: return labels(item, judged)
    case .corrections: return corrections(item, judged)
    }
  }

  /// Each answer's rank over all judgements; nil where nobody has ranked, or all stand alike.
  private func ranks(_ item: FeedbackItem, _ judged: [RatedItem]) -> [Int]? {
    let rankings = judged.map(\.judgement.ranks).filter { $0.count == item.answers.count }
    guard !rankings.isEmpty, item.answers.count > 1 else { return nil }
    // Sums stand for means: there are as many for each answer.
    let ranks = FeedbackJudgement.dense(item.answers.indices.map { place in rankings.reduce(0) { $0 + $1[place] } })
    return Set(ranks).count > 1 ? ranks : nil
  }

  private func row(_ item: FeedbackItem, _ own: [(String, JSONValue)]) -> JSONObject {
    var row = item.fields
    for (key, value) in own { row[key] = value }
    return row
  }

  private func ranking(_ item: FeedbackItem, _ judged: [RatedItem]) -> [JSONObject] {
    guard let ranks = ranks(item, judged) else { return [] }
    return [
      row(
        item,
        [
          ("answers", .array(item.answers.map { .string($0.text) })),
          ("ranks", .array(ranks.map { .integer($0) })),
        ])
    ]
  }

  private func pairs(_ item: FeedbackItem, _ judged: [RatedItem]) -> [JSONObject] {
    func pair(_ chosen: String, _ rejected: String) -> JSONObject {
      row(item, [("chosen", .string(chosen)), ("rejected", .string(rejected)), ("group", .integer(Int(item.id)))])
    }
    let ranks = ranks(item, judged) ?? []
    let ranked = ranks.indices.flatMap { better in
      ranks.indices.filter { ranks[better] < ranks[$0] }.map {
        pair(item.answers[better].text, item.answers[$0].text)
      }
    }
    // What somebody had to correct is worse than what they made of it.
    let corrected = judged.compactMap(\.judgement.correction).flatMap { text in
      item.answers.filter { $0.text != text }.map { pair(text, $0.text) }
    }
    return ranked + corrected
  }

  private func labels(_ item: FeedbackItem, _ judged: [RatedItem]) -> [JSONObject] {
    item.answers.enumerated().compactMap { place, answer -> JSONObject? in
      let votes = judged.map(\.judgement).compactMap { judgement -> Bool? in
        if judgement.noneIsAcceptable { return false }
        return judgement.thumbs.indices.contains(place) ? judgement.thumbs[place] : nil
      }
      let good = votes.count { $0 }
      // As many for as against say nothing.
      guard 2 * good != votes.count else { return nil }
      return row(item, [("completion", .string(answer.text)), ("label", .bool(2 * good > votes.count))])
    }
  }

  private func corrections(_ item: FeedbackItem, _ judged: [RatedItem]) -> [JSONObject] {
    judged.compactMap(\.judgement.correction).map { row(item, [("completion", .string($0))]) }
  }
}
