import Foundation
import GRDB
import OrchardJSON

/// A prompt with the answers that people are asked about.
public struct FeedbackItem: Sendable {
  /// An answer, and where it is from.
  public struct Answer: Sendable {
    /// The text.
    public let text: String
    /// What made it: a model and its settings, or a file.
    public let origin: JSONValue

    /// An answer.
    public init(text: String, origin: JSONValue) {
      self.text = text
      self.origin = origin
    }
  }

  /// The number in its store.
  public let id: Int64
  /// The prompt as people see it.
  public let prompt: String
  /// The fields of the row that the prompt is from, from which a template makes it again.
  public let fields: JSONObject
  /// The answers.
  public let answers: [Answer]
}

extension FeedbackStore {
  /// The prompts that are there.
  ///
  /// - Throws: The error of the file.
  public func prompts() throws -> Set<String> {
    try database.read { Set(try String.fetchAll($0, sql: "SELECT prompt FROM item")) }
  }

  /// Adds a prompt with its answers, all or nothing; false where the prompt is there already.
  ///
  /// - Throws: `FeedbackError` for less than one answer; the error of the file.
  @discardableResult
  public func add(prompt: String, fields: JSONObject, answers: [FeedbackItem.Answer]) throws -> Bool {
    guard !answers.isEmpty else { throw FeedbackError("the prompt “\(prompt.prefix(60))” has no answer") }
    return try database.write { database in
      guard try Int.fetchOne(database, sql: "SELECT 1 FROM item WHERE prompt = ?", arguments: [prompt]) == nil else {
        return false
      }
      try database.execute(
        sql: "INSERT INTO item (prompt, fields) VALUES (?, ?)", arguments: [prompt, JSONValue.object(fields).text])
      let item = database.lastInsertedRowID
      for (place, answer) in answers.enumerated() {
        try database.execute(
          sql: "INSERT INTO answer (item, place, text, origin) VALUES (?, ?, ?, ?)",
          arguments: [item, place, answer.text, answer.origin.text])
      }
      return true
    }
  }

  /// All prompts with their answers, in the order in which they came.
  ///
  /// - Throws: The error of the file.
  public func items() throws -> [FeedbackItem] {
    try database.read { database in
      let answers = Dictionary(
        grouping: try Row.fetchAll(database, sql: "SELECT item, text, origin FROM answer ORDER BY item, place")
      ) { $0["item"] as Int64 }
      return try Row.fetchAll(database, sql: "SELECT * FROM item ORDER BY id").map { row in
        FeedbackItem(
          id: row["id"], prompt: row["prompt"],
          fields: try JSONValue(parsing: row["fields"] as String).object ?? JSONObject(),
          answers: try (answers[row["id"]] ?? []).map {
            FeedbackItem.Answer(text: $0["text"], origin: try JSONValue(parsing: $0["origin"] as String))
          })
      }
    }
  }

  /// Adds a question, or changes the instruction of the one of that name.
  ///
  /// - Throws: `FeedbackError` where it has been answered as another task; the error of the file.
  public func ask(_ question: FeedbackQuestion) throws {
    try database.write { database in
      let task = try String.fetchOne(
        database, sql: "SELECT task FROM question WHERE name = ?", arguments: [question.name])
      if let task, task != question.task.rawValue {
        throw FeedbackError(
          "the question “\(question.name)” is asked already, as “\(task)”; give the one for “\(question.task.rawValue)” "
            + "another name")
      }
      try database.execute(
        sql: """
          INSERT INTO question (name, task, instruction) VALUES (?, ?, ?)
          ON CONFLICT (name) DO UPDATE SET instruction = excluded.instruction
          """, arguments: [question.name, question.task.rawValue, question.instruction])
    }
  }

  /// The questions in the order in which they came.
  ///
  /// - Throws: The error of the file.
  public func questions() throws -> [FeedbackQuestion] {
    try database.read { try Row.fetchAll($0, sql: "SELECT * FROM question ORDER BY id").map(Self.question) }
  }

  static func question(_ row: Row) throws -> FeedbackQuestion {
    guard let task = FeedbackQuestion.Task(rawValue: row["task"]) else {
      throw FeedbackError("the question “\(row["name"] as String)” has a task that is not known")
    }
    return FeedbackQuestion(name: row["name"], task: task, instruction: row["instruction"])
  }
}
