import Foundation
import OrchardFeedback
import OrchardJSON

/// What the feedback page asks for, and what it is answered: everything but the network.
struct FeedbackDesk: Sendable {
  /// What a rater does.
  enum Action: String {
    /// Looks at what is next.
    case state
    /// Keeps what is entered.
    case draft
    /// Sends a judgement.
    case judge
    /// Leaves an item out.
    case skip
    /// Takes the last judgement back.
    case undo
    /// Looks again at what was left out.
    case again
  }

  /// What is asked for cannot be done, for a reason that a person can understand.
  struct Refusal: Error, Equatable {
    let status: Int
    let text: String
  }

  let store: FeedbackStore
  /// Raters that each question about each item is to have.
  let overlap: Int
  /// The time, in seconds.
  var now: @Sendable () -> Double = { Date().timeIntervalSince1970 }

  /// Whoever a header names.
  ///
  /// - Throws: `Refusal` for a token that was not made here.
  func rater(authorization: String?) throws -> Rater {
    let parts = (authorization ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "Bearer", let rater = try store.rater(token: String(parts[1])) else {
      throw Refusal(
        status: 401, text: "This link is not known here. Ask whoever runs the server for a new one.")
    }
    return rater
  }

  /// Does what a rater asks for, and tells how things stand then.
  ///
  /// - Throws: `Refusal` where it cannot be done; the error of the file.
  func answer(_ action: Action, _ body: JSONValue, by rater: Rater) throws -> JSONValue {
    do {
      switch action {
      case .state: return try state(rater)
      case .again: return try state(rater, again: true)
      case .undo:
        try store.undo(by: rater, time: now())
        return try state(rater)
      case .draft:
        let draft = body["judgement"] ?? .null
        // What is kept must be readable again.
        _ = try FeedbackJudgement(draft)
        try store.keep(draft: draft, for: try assignment(body), by: rater)
        return ["kept": .bool(true)]
      case .judge:
        let judgement = try FeedbackJudgement(body["judgement"] ?? .null)
        try store.take(judgement, for: try assignment(body), by: rater, time: now())
        return try state(rater)
      case .skip:
        try store.skip(try assignment(body), by: rater)
        return try state(rater)
      }
    } catch let error as FeedbackError {
      throw Refusal(status: 409, text: error.description)
    }
  }

  private func assignment(_ body: JSONValue) throws -> Int64 {
    guard let number = body["assignment"]?.int else {
      throw Refusal(status: 400, text: "“assignment” is missing: the number of what is judged.")
    }
    return Int64(number)
  }

  private func state(_ rater: Rater, again: Bool = false) throws -> JSONValue {
    let time = now()
    let next = try store.next(for: rater, overlap: overlap, again: again, time: time)
    let progress = try store.progress(of: rater, overlap: overlap, time: time)
    return [
      "rater": .string(rater.name),
      "progress": [
        "done": .integer(progress.done), "skipped": .integer(progress.skipped), "left": .integer(progress.left),
      ],
      "assignment": next.map(Self.json) ?? .null,
    ]
  }

  private static func json(_ assignment: FeedbackAssignment) -> JSONValue {
    [
      "id": .integer(Int(assignment.id)), "prompt": .string(assignment.prompt),
      "task": .string(assignment.question.task.rawValue), "question": .string(assignment.question.name),
      "instruction": .string(assignment.question.instruction),
      "answers": .array(
        assignment.order.map { ["place": .integer($0), "text": .string(assignment.answers[$0])] }),
      "draft": assignment.draft ?? .null,
    ]
  }
}
