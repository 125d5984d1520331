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
