import Foundation
import OrchardDatasets
import OrchardFeedback
import OrchardJSON
import TestSupport
import Testing

@Suite("Feedback as rows to train on")
struct FeedbackExportTests {
  private let store: FeedbackStore

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "feedback-\(UUID().uuidString)")
    store = try FeedbackStore(folder.appending(path: "feedback.sqlite"), creates: true)
  }

  private func add(
    _ prompt: String, _ answers: [String], _ json: JSONValue, _ task: FeedbackQuestion.Task = .rank,
    question: String = "helpfulness", rater: String = "Ann"
  ) throws {
    try store.add(
      prompt: prompt, fields: JSONObject([("dialogue", .string(prompt))]),
      answers: answers.map { .init(text: $0, origin: .null) }, judgement: try FeedbackJudgement(json),
      question: try FeedbackQuestion(criterion: question, task: task, instruction: "Which?"), rater: rater, time: 0)
  }

  /// The second rater's judgement goes the way of the page.
  private func judge(_ json: JSONValue, by name: String) throws {
    let rater = try #require(try store.rater(token: try store.token(for: name)))
    let given = try #require(try store.next(for: rater, overlap: 9, time: 0))
    try store.take(try FeedbackJudgement(json), for: given.id, by: rater, time: 1)
  }

  @Test("A ranking of K gives K·(K−1)/2 pairs; ties give none")
  func pairs() throws {
    try add("p", ["a", "b", "c", "d"], ["ranks": [4, 1, 2, 3]])
    try add("q", ["a", "b", "c"], ["ranks": [1, 1, 2]])
    let rows = try FeedbackExport(store).rows(.pairs)
    #expect(rows.count == 6 + 2)
    #expect(rows.prefix(6).allSatisfy { $0["rejected"]?.string != "b" && $0["dialogue"]?.string == "p" })
    #expect(Set(rows.compactMap { $0["group"]?.int }).count == 2)
    #expect(rows.suffix(2).map { $0["rejected"]?.string } == ["c", "c"])
  }

  @Test("Ranks of several raters are averaged; alone, each has a row with the name")
  func rankings() throws {
    try add("p", ["a", "b", "c"], ["ranks": [1, 2, 3]])
    try judge(["ranks": [2, 1, 3]], by: "Ben")
    let merged = try FeedbackExport(store).rows(.rankings)
    #expect(merged.count == 1 && merged[0]["ranks"]?.array?.compactMap(\.int) == [1, 1, 2])
    let each = try FeedbackExport(store).rows(.rankings, eachRater: true)
    #expect(each.map { $0["rater"]?.string } == ["Ann", "Ben"])
    #expect(each.map { $0["question"]?.string } == ["helpfulness", "helpfulness"])
    try judge(["ranks": [3, 2, 1]], by: "Cleo")
    try judge(["ranks": [2, 3, 1]], by: "Dan")
    // 8, 8, 8: nothing is better.
    #expect(try FeedbackExport(store).rows(.rankings).isEmpty)
    #expect(try FeedbackExport(store).rows(.pairs).isEmpty)
    #expect(throws: FeedbackError.self) { try FeedbackExport(store, question: "honesty") }
  }

  @Test("Thumbs are counted, and where none is acceptable all answers are bad")
  func labels() throws {
    try add("p", ["a", "b", "c"], ["thumbs": [true, false, nil]], .thumbs)
    try judge(["thumbs": [true, true, nil]], by: "Ben")
    try add("q", ["x", "y"], ["none_is_acceptable": true], .rank, question: "honesty")
    let rows = try FeedbackExport(store).rows(.labels)
    #expect(rows.map { $0["completion"]?.string } == ["a", "x", "y"])
    #expect(rows.map { $0["label"]?.bool } == [true, false, false])
    #expect(try FeedbackExport(store, question: "honesty").rows(.labels).count == 2)
  }

  @Test("A corrected text is learned, and is better than what it was made of")
  func corrections() throws {
    try add("p", ["a", "b"], ["correction": "b, but right"], .correct)
    let rows = try FeedbackExport(store).rows(.corrections)
    #expect(rows.map { $0["completion"]?.string } == ["b, but right"])
    #expect(try FeedbackExport(store).rows(.pairs).map { $0["rejected"]?.string } == ["a", "b"])
  }

  @Test("What was found elsewhere is read, and comes out as it went in")
  func imports() throws {
    let lines = """
      {"prompt": "p", "chosen": "good", "rejected": "bad"}
      {"prompt": "q", "answers": ["a", "b", "c"], "ranks": [2, 7, 7]}
      {"prompt": "r", "completion": "yes", "label": true}
      {"prompt": "r", "completion": "no", "label": 0}
      """
    let folder = FileManager.default.temporaryDirectory.appending(path: "rows-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let url = folder.appending(path: "rows.jsonl")
    try Data(lines.utf8).write(to: url)
    let found = try ImportedFeedback(try Dataset(file: url).rows(), promptField: "prompt")
    #expect(found.items.map(\.prompt) == ["p", "q", "r"])
    #expect(found.items[1].judgement.ranks == [1, 2, 2])
    #expect(found.items[2].judgement.thumbs == [true, false] && found.items[2].answers.map(\.text) == ["yes", "no"])
    for item in found.items {
      try store.add(
        prompt: item.prompt, fields: item.fields, answers: item.answers, judgement: item.judgement,
        question: try FeedbackQuestion(
          criterion: item.task.rawValue, task: item.task, instruction: "Which?"), rater: "import", time: 0)
    }
    #expect(try FeedbackExport(store).rows(.pairs).count == 1 + 2)
    #expect(try FeedbackExport(store).rows(.labels).map { $0["label"]?.bool } == [true, false])
    for bad in [
      #"{"prompt": "p", "answers": ["a"]}"#, #"{"prompt": "p"}"#, #"{"prompt": "p", "completion": "c", "label": "so"}"#,
      #"{"prompt": "p", "answers": ["a", "b"], "ranks": [1]}"#,
    ] {
      try Data(bad.utf8).write(to: url)
      #expect(throws: (any Error).self) {
        try ImportedFeedback(try Dataset(file: url).rows(), promptField: "prompt")
      }
    }
  }

  @Test("Raters agree, or do not, and the items on which they do not are told")
  func agreement() throws {
    try add("p", ["a", "b", "c"], ["ranks": [1, 2, 3]])
    try judge(["ranks": [1, 2, 3]], by: "Ben")
    var found = try #require(try FeedbackAgreement.all(store).first)
    #expect(found.alpha == 1 && found.tau == 1 && found.disagreements.isEmpty && found.sharedItems == 1)
    try add("q", ["a", "b", "c"], ["ranks": [1, 2, 3]])
    try judge(["ranks": [3, 2, 1]], by: "Ben")
    found = try #require(try FeedbackAgreement.all(store).first)
    #expect(abs((found.tau ?? 9) - 0) < 1e-9)
    #expect(found.disagreements.map(\.prompt) == ["q"] && found.disagreements[0].agreement == -1)
    #expect((found.alpha ?? 1) < 0.5)
  }
}
