import OrchardDatasets
import OrchardJSON

/// What people have found elsewhere, read from rows.
public struct ImportedFeedback {
  /// A prompt with answers and what was found of them.
  public struct Item {
    /// The prompt.
    public let prompt: String
    /// The row's own fields, without answers and what was found of them.
    public let fields: JSONObject
    /// The answers.
    public let answers: [FeedbackItem.Answer]
    /// What was found.
    public let judgement: FeedbackJudgement
    /// The task that it answers.
    public let task: FeedbackQuestion.Task
  }

  /// The prompts in the order in which they first stand.
  public let items: [Item]

  /// Reads rows with pairs, rankings, or labels.
  ///
  /// - Throws: `DataError` with file and line where a row has none of them, or not what it should.
  public init(_ rows: [DataRow], promptField: String) throws {
    let own: Set = ["chosen", "rejected", "answers", "ranks", "completion", "label", "group", "rater", "question"]
    var order: [String] = []
    var found: [String: Item] = [:]
    for row in rows {
      let prompt = try row.text(promptField)
      let one = try Self.read(row)
      let origin = JSONValue.object(
        JSONObject([("file", .string(row.file)), ("line", .integer(row.line))]))
      let answers = one.answers.map { FeedbackItem.Answer(text: $0, origin: origin) }
      if let before = found[prompt] {
        // Labels come answer by answer; what is ranked comes as a whole.
        guard before.task == .thumbs, one.task == .thumbs else { continue }
        var judgement = before.judgement
        judgement.thumbs += one.judgement.thumbs
        found[prompt] = Item(
          prompt: prompt, fields: before.fields, answers: before.answers + answers, judgement: judgement,
          task: .thumbs)
        continue
      }
      order.append(prompt)
      let fields = JSONObject(row.fields.entries.filter { !own.contains($0.key) }.map { ($0.key, $0.value) })
      found[prompt] = Item(
        prompt: prompt, fields: fields, answers: answers, judgement: one.judgement, task: one.task)
    }
    items = order.compactMap { found[$0] }
  }

  private static func read(
    _ row: DataRow
  ) throws -> (answers: [String], judgement: FeedbackJudgement, task: FeedbackQuestion.Task) {
    var judgement = FeedbackJudgement()
    if row.value("chosen") != nil {
      judgement.ranks = [1, 2]
      return ([try row.text("chosen"), try row.text("rejected")], judgement, .rank)
    }
    if let answers = row.value("answers")?.array {
      let texts = answers.compactMap(\.string)
      let ranks = row.value("ranks")?.array?.compactMap(\.double) ?? answers.indices.map(Double.init)
      guard texts.count == answers.count, texts.count > 1, ranks.count == texts.count else {
        throw row.error("“answers” takes two texts or more, and “ranks” a number for each")
      }
      judgement.ranks = FeedbackJudgement.dense(ranks)
      return (texts, judgement, .rank)
    }
    guard row.value("completion") != nil, let label = row.value("label") else {
      throw row.error("it needs chosen and rejected, answers and ranks, or completion and label")
    }
    guard let isGood = label.bool ?? label.int.flatMap({ [0: false, 1: true][$0] }) else {
      throw row.error("the label is \(label.text); it takes true or false")
    }
    judgement.thumbs = [isGood]
    return ([try row.text("completion")], judgement, .thumbs)
  }
}
