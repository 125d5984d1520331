import Foundation
import GRDB
import OrchardJSON

/// What a rater has found of an item.
public struct RatedItem: Sendable {
  /// The item.
  public let item: Int64
  /// The question's name.
  public let question: String
  /// The rater's name.
  public let rater: String
  /// What was found.
  public let judgement: FeedbackJudgement

  /// A finding.
  public init(item: Int64, question: String, rater: String, judgement: FeedbackJudgement) {
    self.item = item
    self.question = question
    self.rater = rater
    self.judgement = judgement
  }
}

extension FeedbackStore {
  /// All judgements that stand, in the order in which they were made.
  ///
  /// - Throws: The error of the file.
  public func judgements() throws -> [RatedItem] {
    try database.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT item, question.name AS question, rater.name AS rater, value FROM judgement
          JOIN question ON question.id = question JOIN rater ON rater.id = rater
          WHERE withdrawn = 0 ORDER BY judgement.id
          """
      ).map {
        RatedItem(
          item: $0["item"], question: $0["question"], rater: $0["rater"],
          judgement: try FeedbackJudgement(try JSONValue(parsing: $0["value"] as String)))
      }
    }
  }

  /// Adds what somebody has found elsewhere; false where the item or that finding is there already.
  ///
  /// - Throws: `FeedbackError` where it does not answer the question; the error of the file.
  @discardableResult
  public func add(
    prompt: String, fields: JSONObject, answers: [FeedbackItem.Answer], judgement: FeedbackJudgement,
    question: FeedbackQuestion, rater: String, time: Double
  ) throws -> Bool {
    if let gap = judgement.gap(for: question.task, answers: answers.count) {
      throw FeedbackError("the prompt “\(prompt.prefix(60))”: \(gap)")
    }
    try ask(question)
    guard try add(prompt: prompt, fields: fields, answers: answers) else { return false }
    try database.write { database in
      try database.execute(sql: "INSERT OR IGNORE INTO rater (name) VALUES (?)", arguments: [rater])
      let places = """
        (SELECT id FROM item WHERE prompt = ?), (SELECT id FROM question WHERE name = ?),
        (SELECT id FROM rater WHERE name = ?)
        """
      try database.execute(
        sql: "INSERT INTO judgement (item, question, rater, made, value) VALUES (\(places), ?, ?)",
        arguments: [prompt, question.name, rater, time, judgement.json.text])
      try database.execute(
        sql: "INSERT INTO assignment (item, question, rater, given, state) VALUES (\(places), ?, 'done')",
        arguments: [prompt, question.name, rater, time])
    }
    return true
  }
}
