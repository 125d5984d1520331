import Foundation
import GRDB
import OrchardJSON

/// Answers that people are asked about, and what they found: an SQLite file that several programs may open at once.
///
/// Every change is on disk before the call returns. What people have found is never overwritten: what they take back stays
/// and is marked.
public struct FeedbackStore: Sendable {
  let database: DatabasePool

  /// Opens a file, or makes one.
  ///
  /// - Throws: `FeedbackError` where it cannot be opened, is something else, or is of a later version.
  public init(_ url: URL, creates: Bool = false) throws {
    guard creates || FileManager.default.fileExists(atPath: url.path) else {
      throw FeedbackError("\(url.path): there is no such file; make one by orchard feedback collect")
    }
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      var configuration = Configuration()
      configuration.busyMode = .timeout(20)
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      database = try DatabasePool(path: url.path, configuration: configuration)
      try database.write { database in
        let identifier = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
        guard identifier == Self.identifier || (identifier == 0 && tables == 0) else {
          throw FeedbackError("\(url.path): an SQLite file of another program")
        }
        if tables == 0 { try database.execute(sql: "PRAGMA application_id = \(Self.identifier)") }
      }
      let migrator = Self.migrator
      if try database.read({ try migrator.hasBeenSuperseded($0) }) {
        throw FeedbackError("\(url.path): written by a later version of Orchard; use that one")
      }
      try migrator.migrate(database)
    } catch let error as DatabaseError {
      throw FeedbackError("\(url.path): \(error.message ?? "cannot be opened") (SQLite \(error.resultCode.rawValue))")
    }
  }

  /// “Orcf”, by which SQLite files tell whose they are.
  private static let identifier = 0x4F72_6366

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(
        sql: """
          CREATE TABLE question (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, task TEXT NOT NULL, instruction TEXT NOT NULL);
          CREATE TABLE item (id INTEGER PRIMARY KEY, prompt TEXT NOT NULL UNIQUE, fields TEXT NOT NULL);
          CREATE TABLE answer (
            id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE, place INTEGER NOT NULL,
            text TEXT NOT NULL, origin TEXT NOT NULL, UNIQUE (item, place));
          CREATE TABLE rater (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, token TEXT UNIQUE);
          CREATE TABLE assignment (
            id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
            question INTEGER NOT NULL REFERENCES question, rater INTEGER NOT NULL REFERENCES rater,
            given REAL NOT NULL, state TEXT NOT NULL, draft TEXT, UNIQUE (item, question, rater));
          CREATE TABLE judgement (
            id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
            question INTEGER NOT NULL REFERENCES question, rater INTEGER NOT NULL REFERENCES rater,
            made REAL NOT NULL, value TEXT NOT NULL, withdrawn INTEGER NOT NULL DEFAULT 0);
          CREATE UNIQUE INDEX one_judgement ON judgement (item, question, rater) WHERE withdrawn = 0;
          CREATE INDEX assignments_of_items ON assignment (item, question);
          """)
    }
    return migrator
  }
}
