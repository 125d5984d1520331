import Foundation
import GRDB
import OrchardSettings

/// Somebody who judges answers.
public struct Rater: Sendable, Equatable {
  /// The number in its store.
  public let id: Int64
  /// The name.
  public let name: String
}

extension FeedbackStore {
  /// Adds a rater, or gives one a new token, and returns the token by which they are known.
  ///
  /// The store keeps its digest alone: a token that is lost is made anew.
  /// - Throws: `FeedbackError` for a name that is empty or too long; the error of the file.
  public func token(for name: String) throws -> String {
    guard !name.allSatisfy(\.isWhitespace), name.count <= 100 else {
      throw FeedbackError("a rater's name has from 1 to 100 characters")
    }
    var random = SystemRandomNumberGenerator()
    let token = (0..<32).map { _ in String(format: "%02x", UInt8.random(in: 0...255, using: &random)) }.joined()
    try database.write {
      try $0.execute(
        sql: "INSERT INTO rater (name, token) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET token = excluded.token",
        arguments: [name, Self.digest(token)])
    }
    return token
  }

  /// Whoever a token was made for; nil for one that was not made here.
  ///
  /// - Throws: The error of the file.
  public func rater(token: String) throws -> Rater? {
    guard token.utf8.count == 64 else { return nil }
    return try database.read { database in
      try Row.fetchOne(database, sql: "SELECT id, name FROM rater WHERE token = ?", arguments: [Self.digest(token)])
        .map { Rater(id: $0["id"], name: $0["name"]) }
    }
  }

  /// The names of those who have a token.
  ///
  /// - Throws: The error of the file.
  public func raters() throws -> [String] {
    try database.read { try String.fetchAll($0, sql: "SELECT name FROM rater WHERE token IS NOT NULL ORDER BY id") }
  }

  private static func digest(_ token: String) -> String { SHA256.hex(of: token) }
}
