import Foundation
import OrchardDatasets
import OrchardEncoders
import OrchardJSON
import OrchardModels
import TestSupport
import Testing

@Suite struct SimilarExamplesTests {
  private let rows = ["the cat sat", "a bird sang", "rain on the hill", "the dog ran", "bread and tea"].enumerated().map
  {
    DataRow(
      fields: JSONObject([("question", .string($1)), ("answer", .string("\($0)"))]), file: "examples.jsonl",
      line: $0 + 1)
  }
  private let asked = ["the cat ran", "tea and rain", "a bird sang"].map {
    DataRow(fields: JSONObject([("question", .string($0))]), file: "asked.jsonl", line: 1)
  }

  private func settings(_ folder: URL, shots: Int) throws -> PromptSettings {
    var settings = PromptSettings()
    settings.template = "question"
    settings.shots = shots
    settings.examples = "examples.jsonl"
    settings.choose = .similar
    settings.exampleModel = folder.path
    return settings
  }

  @Test func theEncoderSaysWhichAreNear() throws {
    let folder = Goldens.url("encoders/sentence")
    let settings = try settings(folder, shots: 3)
    let composer = try settings.composer()
    let worked = try WorkedExamples(rows, composer: composer, shots: 3, choice: .similar)
      .prepared(for: { asked }, settings)
    let embedder = try TextEmbedder(folder: folder)
    for (number, row) in asked.enumerated() {
      let question = try composer.question(row)
      let vector = try embedder.embed([question])[0]
      let nearness = try rows.map { example in
        let other = try composer.question(example)
        return other == question ? -2 : TextEmbedder.similarity(vector, try embedder.embed([other])[0])
      }
      let order = rows.indices.sorted { nearness[$0] > nearness[$1] }.prefix(3).reversed()
      let chosen = try worked.examples(for: row, number: number).map(\.line)
      #expect(chosen == order.map { rows[$0].line })
    }
  }

  @Test func aFolderThatIsNoEncoderIsNamed() throws {
    let settings = try settings(URL(filePath: "no-such-encoder"), shots: 1)
    let worked = try WorkedExamples(rows, composer: settings.composer(), shots: 1, choice: .similar)
    let error = #expect(throws: (any Error).self) { try worked.prepared(for: { asked }, settings) }
    #expect(String(describing: try #require(error)).contains("no-such-encoder"))
  }
}
