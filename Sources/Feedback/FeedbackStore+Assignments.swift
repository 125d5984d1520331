import Foundation
import GRDB
import OrchardJSON

/// A question about an item that a rater has been given.
public struct FeedbackAssignment: Sendable {
  /// The number in its store, by which the rater answers.
  public let id: Int64
  /// The item.
  public let item: Int64
  /// The prompt.
  public let prompt: String
  /// The answers' texts, in the store's order.
  public let answers: [String]
  /// In which order the rater sees them, so that no place is favoured: places of `answers`.
  public let order: [Int]
  /// The question.
  public let question: FeedbackQuestion
  /// What the rater has entered so far, and not sent.
  public let draft: JSONValue?
}

/// How far a rater has come.
public struct FeedbackProgress: Sendable, Equatable {
  /// Questions about items that the rater has answered.
  public var done = 0
  /// Those that the rater has left out.
  public var skipped = 0
  /// Those that wait for the rater, or may be given to them.
  public var left = 0

  /// Nothing yet.
  public init() {}
}

extension FeedbackStore {
  /// Seconds after which what a rater was given, and has not answered, is given to others as well.
  public static let lease = 1800.0

  /// What a rater is to judge next: what they have begun, else what lacks raters, nearly finished items first; nil where
  /// there is nothing.
  ///
  /// Each question about each item is to have `overlap` raters. With `again` what the rater has left out is given again.
  /// The time now is in seconds.
  /// - Throws: The error of the file.
  public func next(for rater: Rater, overlap: Int, again: Bool = false, time: Double) throws -> FeedbackAssignment? {
    try database.write { database in
      if again {
        try database.execute(
          sql: "UPDATE assignment SET state = 'open' WHERE rater = ? AND state = 'skipped'", arguments: [rater.id])
      }
      let begun = try Row.fetchOne(
        database,
        sql: "SELECT id FROM assignment WHERE rater = ? AND state = 'open' ORDER BY given DESC, id LIMIT 1",
        arguments: [rater.id])
      if let begun { return try Self.assignment(begun["id"], of: rater, database) }
      guard
        let free = try Row.fetchOne(
          database, sql: Self.free + " ORDER BY others DESC, item.id, question.id LIMIT 1",
          arguments: [time - Self.lease, rater.id, overlap])
      else { return nil }
      try database.execute(
        sql: "INSERT INTO assignment (item, question, rater, given, state) VALUES (?, ?, ?, ?, 'open')",
        arguments: [free["item"] as Int64, free["question"] as Int64, rater.id, time])
      return try Self.assignment(database.lastInsertedRowID, of: rater, database)
    }
  }

  /// Questions about items that a rater has not been given and that have too few others: those who have answered, or were
  /// given it of late.
  private static let free = """
    SELECT item.id AS item, question.id AS question, (
        SELECT COUNT(*) FROM assignment AS other WHERE other.item = item.id AND other.question = question.id
        AND (other.state = 'done' OR (other.state = 'open' AND other.given > ?))) AS others
    FROM item CROSS JOIN question
    WHERE NOT EXISTS (SELECT 1 FROM assignment AS own WHERE own.item = item.id AND own.question = question.id
        AND own.rater = ?)
      AND (question.task != 'rank' OR (SELECT COUNT(*) FROM answer WHERE answer.item = item.id) > 1)
      AND others < ?
    """

  private static func assignment(_ id: Int64, of rater: Rater, _ database: Database) throws -> FeedbackAssignment? {
    guard
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT assignment.id AS id, item, prompt, draft, question.id AS question_id, name, task, instruction
          FROM assignment JOIN item ON item.id = item JOIN question ON question.id = question
          WHERE assignment.id = ? AND rater = ?
          """, arguments: [id, rater.id])
    else { return nil }
    let item: Int64 = row["item"]
    let answers = try String.fetchAll(
      database, sql: "SELECT text FROM answer WHERE item = ? ORDER BY place", arguments: [item])
    return FeedbackAssignment(
      id: row["id"], item: item, prompt: row["prompt"], answers: answers,
      order: order(of: answers.count, item: item, rater: rater.id), question: try question(row),
      draft: try (row["draft"] as String?).map { try JSONValue(parsing: $0) })
  }

  /// An order of places that a rater sees an item's answers in, always the same.
  private static func order(of count: Int, item: Int64, rater: Int64) -> [Int] {
    var state = UInt64(bitPattern: item) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: rater) &* 0xBF58_476D_1CE4_E5B9
    return (0..<count).map { place -> (key: UInt64, place: Int) in
      // SplitMix64 (Steele, Lea and Flood 2014).
      state &+= 0x9E37_79B9_7F4A_7C15
      var key = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      key = (key ^ (key >> 27)) &* 0x94D0_49BB_1331_11EB
      return (key ^ (key >> 31), place)
    }.sorted { $0.key < $1.key }.map(\.place)
  }

  /// Keeps what a rater has entered and not sent.
  ///
  /// - Throws: `FeedbackError` where the rater was not given it, or has answered; the error of the file.
  public func keep(draft: JSONValue, for assignment: Int64, by rater: Rater) throws {
    try database.write { database in
      _ = try Self.open(assignment, rater, database)
      try database.execute(
        sql: "UPDATE assignment SET draft = ? WHERE id = ?", arguments: [draft.text, assignment])
    }
  }

  /// Takes a rater's judgement.
  ///
  /// Sending the same one again, as a browser does that has lost the answer, changes nothing.
  /// - Throws: `FeedbackError` where the rater was not given it, has judged it otherwise, or something is missing; the
  ///   error of the file.
  public func take(_ judgement: FeedbackJudgement, for assignment: Int64, by rater: Rater, time: Double) throws {
    try database.write { database in
      let row = try Self.open(assignment, rater, database, alreadySent: judgement)
      guard let row else { return }
      let question = try Self.question(row)
      let count =
        try Int.fetchOne(
          database, sql: "SELECT COUNT(*) FROM answer WHERE item = ?", arguments: [row["item"] as Int64]) ?? 0
      if let gap = judgement.gap(for: question.task, answers: count) { throw FeedbackError(gap) }
      try database.execute(
        sql: "INSERT INTO judgement (item, question, rater, made, value) VALUES (?, ?, ?, ?, ?)",
        arguments: [row["item"] as Int64, row["question_id"] as Int64, rater.id, time, judgement.json.text])
      try database.execute(
        sql: "UPDATE assignment SET state = 'done', draft = NULL WHERE id = ?", arguments: [assignment])
    }
  }

  /// A rater's open assignment; nil where `alreadySent` is what they have answered it by.
  private static func open(
    _ assignment: Int64, _ rater: Rater, _ database: Database, alreadySent: FeedbackJudgement? = nil
  ) throws -> Row? {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT item, state, question.id AS question_id, name, task, instruction
        FROM assignment JOIN question ON question.id = question WHERE assignment.id = ? AND rater = ?
        """, arguments: [assignment, rater.id])
    guard let row else { throw FeedbackError("this was given to somebody else, or to nobody; load the page again") }
    guard row["state"] as String == "done" else { return row }
    let sent = try String.fetchOne(
      database,
      sql: "SELECT value FROM judgement WHERE item = ? AND question = ? AND rater = ? AND withdrawn = 0",
      arguments: [row["item"] as Int64, row["question_id"] as Int64, rater.id])
    guard let sent, let alreadySent, sent == alreadySent.json.text else {
      throw FeedbackError("this has been answered already; undo it to answer it otherwise")
    }
    return nil
  }

  /// Leaves out what a rater was given; it goes to others.
  ///
  /// - Throws: `FeedbackError` where the rater was not given it, or has answered; the error of the file.
  public func skip(_ assignment: Int64, by rater: Rater) throws {
    try database.write { database in
      _ = try Self.open(assignment, rater, database)
      try database.execute(sql: "UPDATE assignment SET state = 'skipped' WHERE id = ?", arguments: [assignment])
    }
  }

  /// Takes back a rater's last judgement, which comes up again as it was; false where there is none.
  ///
  /// - Throws: The error of the file.
  @discardableResult
  public func undo(by rater: Rater, time: Double) throws -> Bool {
    try database.write { database in
      let last = try Row.fetchOne(
        database,
        sql:
          "SELECT id, item, question, value FROM judgement WHERE rater = ? AND withdrawn = 0 ORDER BY id DESC LIMIT 1",
        arguments: [rater.id])
      guard let last else { return false }
      try database.execute(sql: "UPDATE judgement SET withdrawn = 1 WHERE id = ?", arguments: [last["id"] as Int64])
      try database.execute(
        sql: """
          UPDATE assignment SET state = 'open', draft = ?, given = ? WHERE item = ? AND question = ? AND rater = ?
          """,
        arguments: [
          last["value"] as String, time, last["item"] as Int64, last["question"] as Int64, rater.id,
        ])
      return true
    }
  }

  /// How far a rater has come.
  ///
  /// - Throws: The error of the file.
  public func progress(of rater: Rater, overlap: Int, time: Double) throws -> FeedbackProgress {
    try database.read { database in
      func count(_ state: String) throws -> Int {
        try Int.fetchOne(
          database, sql: "SELECT COUNT(*) FROM assignment WHERE rater = ? AND state = ?", arguments: [rater.id, state])
          ?? 0
      }
      var progress = FeedbackProgress()
      progress.done = try count("done")
      progress.skipped = try count("skipped")
      let free =
        try Int.fetchOne(
          database, sql: "SELECT COUNT(*) FROM (\(Self.free))", arguments: [time - Self.lease, rater.id, overlap]) ?? 0
      progress.left = try count("open") + free
      return progress
    }
  }
}
