import Foundation
import OrchardFeedback
import OrchardJSON
import TestSupport
import Testing

@Suite("Collected feedback")
struct FeedbackStoreTests {
  private let folder: URL
  private let store: FeedbackStore

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "feedback-\(UUID().uuidString)")
    store = try FeedbackStore(folder.appending(path: "feedback.sqlite"), creates: true)
    try store.ask(FeedbackQuestion(criterion: "helpfulness", task: .rank, instruction: nil))
  }

  private func fill(_ count: Int, answers: Int = 3) throws {
    for number in 0..<count {
      try store.add(
        prompt: "prompt \(number)", fields: JSONObject([("dialogue", .string("text \(number)"))]),
        answers: (0..<answers).map { .init(text: "answer \(number).\($0)", origin: ["model": "m"]) })
    }
  }

  private func rater(_ name: String) throws -> Rater {
    try #require(try store.rater(token: try store.token(for: name)))
  }

  private func ranking(_ ranks: [Int]) -> FeedbackJudgement {
    var judgement = FeedbackJudgement()
    judgement.ranks = ranks
    return judgement
  }

  @Test("Two raters share the items; with an overlap of two both get all")
  func overlap() throws {
    try fill(4)
    let (ann, ben) = (try rater("Ann"), try rater("Ben"))
    let first = try #require(try store.next(for: ann, overlap: 1, time: 0))
    let second = try #require(try store.next(for: ben, overlap: 1, time: 0))
    #expect(first.item != second.item)
    // What is open stays with its rater, also when the page is loaded again.
    #expect(try store.next(for: ann, overlap: 1, time: 1)?.id == first.id)
    try store.take(ranking([1, 2, 3]), for: first.id, by: ann, time: 2)
    #expect(try store.progress(of: ann, overlap: 1, time: 2).left == 2)
    #expect(try store.progress(of: ann, overlap: 2, time: 2).left == 3)
    // An item that one has judged comes to the second rater before new ones do.
    try store.take(ranking([1, 2, 3]), for: second.id, by: ben, time: 3)
    #expect(try store.next(for: ben, overlap: 2, time: 3)?.item == first.item)
  }

  @Test("What a rater leaves lying goes to others, and their judgement still counts")
  func lease() throws {
    try fill(1)
    let (ann, ben) = (try rater("Ann"), try rater("Ben"))
    let lying = try #require(try store.next(for: ann, overlap: 1, time: 0))
    #expect(try store.next(for: ben, overlap: 1, time: 10) == nil)
    let taken = try #require(try store.next(for: ben, overlap: 1, time: FeedbackStore.lease + 1))
    try store.take(ranking([1, 2, 3]), for: taken.id, by: ben, time: 2000)
    try store.take(ranking([3, 2, 1]), for: lying.id, by: ann, time: 2001)
    #expect(try store.judgements().map(\.rater) == ["Ben", "Ann"])
  }

  @Test("Each rater sees the answers in an order of their own, always the same")
  func order() throws {
    try fill(8, answers: 5)
    let (ann, ben) = (try rater("Ann"), try rater("Ben"))
    var orders: Set<[Int]> = []
    for rater in [ann, ben] {
      for _ in 0..<8 {
        let given = try #require(try store.next(for: rater, overlap: 2, time: 0))
        #expect(given.order.sorted() == Array(0..<5))
        #expect(try store.next(for: rater, overlap: 2, time: 0)?.order == given.order)
        orders.insert(given.order)
        try store.skip(given.id, by: rater)
      }
    }
    #expect(orders.count > 8)
    #expect(try store.next(for: ann, overlap: 2, time: 0) == nil)
    #expect(try store.next(for: ann, overlap: 2, again: true, time: 0) != nil)
  }

  @Test("Drafts stay, a judgement that is sent twice counts once, and undoing brings it back as it was")
  func sending() throws {
    try fill(2)
    let ann = try rater("Ann")
    let given = try #require(try store.next(for: ann, overlap: 1, time: 0))
    try store.keep(draft: ["ranks": [2, 1, 3]], for: given.id, by: ann)
    // As another program would find it after this one has died.
    let again = try FeedbackStore(folder.appending(path: "feedback.sqlite"))
    #expect(try again.next(for: ann, overlap: 1, time: 1)?.draft?["ranks"]?.array?.compactMap(\.int) == [2, 1, 3])
    try store.take(ranking([2, 1, 3]), for: given.id, by: ann, time: 1)
    try store.take(ranking([2, 1, 3]), for: given.id, by: ann, time: 2)
    #expect(try store.judgements().count == 1)
    #expect(throws: FeedbackError.self) { try store.take(ranking([1, 2, 3]), for: given.id, by: ann, time: 3) }
    #expect(try store.undo(by: ann, time: 4))
    #expect(try store.judgements().isEmpty)
    let back = try #require(try store.next(for: ann, overlap: 1, time: 5))
    #expect(back.id == given.id && back.draft?["ranks"]?.array?.compactMap(\.int) == [2, 1, 3])
    try store.take(ranking([1, 1, 2]), for: back.id, by: ann, time: 6)
    #expect(try store.judgements().map(\.judgement.ranks) == [[1, 1, 2]])
    #expect(try !store.undo(by: try rater("Ben"), time: 7))
  }

  @Test("Tokens that were not made here are nobody's, and a new one ends the old one")
  func tokens() throws {
    let old = try store.token(for: "Ann")
    let ann = try #require(try store.rater(token: old))
    let new = try store.token(for: "Ann")
    #expect(try store.rater(token: old) == nil)
    #expect(try store.rater(token: new) == ann)
    for forged in ["", "a", String(repeating: "0", count: 64), new.uppercased(), new + "0", "' OR 1=1 --"] {
      #expect(try store.rater(token: forged) == nil)
    }
    let bytes = try Data(contentsOf: folder.appending(path: "feedback.sqlite"))
    #expect(bytes.range(of: Data(new.utf8)) == nil)
    #expect(throws: FeedbackError.self) { try store.token(for: "  ") }
  }

  @Test("Nobody judges what was given to somebody else, or with what does not fit")
  func refusals() throws {
    try fill(2)
    try store.add(prompt: "one answer", fields: JSONObject(), answers: [.init(text: "alone", origin: .null)])
    let (ann, ben) = (try rater("Ann"), try rater("Ben"))
    let given = try #require(try store.next(for: ann, overlap: 1, time: 0))
    #expect(throws: FeedbackError.self) { try store.take(ranking([1, 2, 3]), for: given.id, by: ben, time: 0) }
    #expect(throws: FeedbackError.self) { try store.take(ranking([1, 2]), for: given.id, by: ann, time: 0) }
    #expect(throws: FeedbackError.self) { try store.take(ranking([1, 2, 3]), for: 99, by: ann, time: 0) }
    #expect(throws: FeedbackError.self) { try store.skip(given.id, by: ben) }
    #expect(throws: FeedbackError.self) { try FeedbackJudgement(["ranks": [0, 1, 2]]) }
    #expect(throws: FeedbackError.self) { try FeedbackJudgement(["ranks": ["1"]]) }
    #expect(throws: FeedbackError.self) { try FeedbackJudgement(["thumbs": "up"]) }
    #expect(throws: FeedbackError.self) { try FeedbackJudgement("1") }
    #expect(throws: FeedbackError.self) { try store.add(prompt: "none", fields: JSONObject(), answers: []) }
    // A single answer has nothing to be ranked with.
    try store.skip(given.id, by: ann)
    _ = try store.next(for: ann, overlap: 1, time: 0).map { try store.skip($0.id, by: ann) }
    #expect(try store.next(for: ann, overlap: 1, time: 0) == nil)
    // A question is of one task.
    #expect(throws: FeedbackError.self) {
      try store.ask(FeedbackQuestion(criterion: "helpfulness", task: .thumbs, instruction: nil))
    }
    #expect(throws: FeedbackError.self) { try FeedbackQuestion(criterion: "brevity", task: .rank, instruction: nil) }
  }

  @Test("A file of another program, or none at all, is told")
  func files() throws {
    let missing = #expect(throws: FeedbackError.self) { try FeedbackStore(folder.appending(path: "none.sqlite")) }
    #expect(missing.map { "\($0)".contains("feedback collect") } == true)
    let text = folder.appending(path: "text.sqlite")
    try Data(String(repeating: "no database ", count: 200).utf8).write(to: text)
    let other = #expect(throws: FeedbackError.self) { try FeedbackStore(text) }
    #expect(other.map { "\($0)".contains("text.sqlite") } == true)
    #expect(try Data(contentsOf: text).count == 2400)
  }
}
