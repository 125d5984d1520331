import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardSettings
import TestSupport
import Testing

@Suite struct WorkedExamplesTests {
  let composer: PromptComposer
  let pool: [DataRow]

  init() throws {
    composer = PromptComposer(try PromptTemplates.find("answer"))
    pool = (0..<6).map { row(("question", .string("q\($0)")), ("answer", .string("a\($0)")), line: $0 + 1) }
  }

  func questions(_ worked: WorkedExamples, _ asked: DataRow, _ number: Int) throws -> [String] {
    try worked.examples(for: asked, number: number).map { try $0.text("question") }
  }

  @Test func theFirstOnesButNeverTheQuestionItself() throws {
    let worked = try WorkedExamples(pool, composer: composer, shots: 2)
    #expect(try questions(worked, row(("question", "new")), 0) == ["q0", "q1"])
    #expect(try questions(worked, row(("question", "q0"), ("other", 1)), 5) == ["q1", "q2"])
  }

  @Test func randomOnesFollowTheSeed() throws {
    let asked = row(("question", "q3"))
    func draw(_ seed: Int, _ number: Int) throws -> [String] {
      let worked = try WorkedExamples(pool, composer: composer, shots: 3, choice: .random, seed: seed)
      return try questions(worked, asked, number)
    }
    #expect(try draw(1, 7) == draw(1, 7))
    let draws = try (0..<40).map { try draw(1, $0) }
    #expect(Set(draws).count > 10)
    #expect(try draws != (0..<40).map { try draw(2, $0) })
    for draw in draws {
      #expect(Set(draw).count == 3)
      #expect(!draw.contains("q3"))
    }
  }

  @Test func tooFewAreRefused() throws {
    let error = #expect(throws: DataError.self) { try WorkedExamples(pool, composer: composer, shots: 7) }
    #expect(error?.description == "data.jsonl: 7 worked examples were asked for, but there are only 6")
    let all = try WorkedExamples(pool, composer: composer, shots: 6)
    let second = #expect(throws: DataError.self) { try all.examples(for: pool[2], number: 0) }
    #expect(second?.problem == "6 worked examples were asked for, but only 5 rows ask something else")
  }

  @Test func certainRowsInTheirOrder() throws {
    let worked = try WorkedExamples(pool, composer: composer, shots: 2, choice: .rows, numbers: [4, 0, 2])
    #expect(try questions(worked, row(("question", "new")), 3) == ["q4", "q0"])
    #expect(try questions(worked, row(("question", "q0")), 3) == ["q4", "q2"])
    let missing = #expect(throws: DataError.self) {
      try WorkedExamples(pool, composer: composer, shots: 1, choice: .rows, numbers: [6])
    }
    #expect(
      missing?.description
        == "data.jsonl: there is no row 6 to be a worked example; the file has 6, counted from 0")
  }

  /// Counts letters: two questions are near where they have the same ones.
  private struct LetterVectors: TextVectors {
    func vectors(of texts: [String]) -> [[Float]] {
      texts.map { text in "abcdefghijklmnopqrstuvwxyz".map { letter in Float(text.count { $0 == letter }) } }
    }
  }

  @Test func similarOnesStandNearestToTheQuestion() throws {
    let words = ["abc", "xyz", "abd", "aab", "zzz", "bca"]
    let rows = words.enumerated().map { row(("question", .string($1)), ("answer", "x"), line: $0 + 1) }
    let asked = ["abc", "zyx", "ad"].map { row(("question", .string($0))) }
    let bare = try WorkedExamples(rows, composer: composer, shots: 2, choice: .similar)
    let unprepared = #expect(throws: DataError.self) { try bare.examples(for: asked[0], number: 0) }
    #expect(unprepared?.description.contains("need a sentence encoder") == true)
    let worked = try bare.prepared(for: { asked }, by: { LetterVectors() })
    // The template's own words are in every question and its nearness; the question itself is left out.
    #expect(try questions(worked, asked[0], 0).last == "bca")
    #expect(try questions(worked, asked[1], 1).last == "xyz")
    #expect(try questions(worked, asked[2], 2).last == "abd")
    // Neither closure is called where examples are chosen otherwise.
    struct Never: Error {}
    let first = try WorkedExamples(rows, composer: composer, shots: 1)
    _ = try first.prepared(for: { throw Never() }, by: { throw Never() })
  }

  @Test func choicesNeedWhatTheyChooseBy() {
    var settings = PromptSettings()
    settings.shots = 2
    settings.examples = "examples.jsonl"
    settings.choose = .similar
    #expect(settings.complaints.map(\.name) == ["example-model"])
    settings.choose = .rows
    settings.exampleRows = [3]
    #expect(settings.complaints.map(\.name) == ["example-rows"])
    settings.exampleRows = [3, 1]
    #expect(settings.complaints.isEmpty)
  }

  @Test func settingsReadTheFile() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("{\"question\": \"q\", \"answer\": \"a\"}\n", to: "examples.jsonl")
    var settings = PromptSettings()
    settings.template = "answer"
    settings.shots = 1
    #expect(settings.complaints.map(\.name) == ["examples"])
    settings.examples = file.path
    #expect(settings.complaints.isEmpty)
    let composer = try settings.composer()
    let worked = try settings.workedExamples(composer)
    #expect(try questions(worked, row(("question", "x")), 0) == ["q"])
    let missing = try folder.write("{\"question\": \"q\"}\n", to: "bad.jsonl")
    settings.examples = missing.path
    #expect(throws: DataError.self) { try settings.workedExamples(composer) }
  }
}
