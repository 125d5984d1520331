import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardTokenizers
import TestSupport
import Testing

/// Rendered ids against those of Hugging Face tokenizers (`Tests/Goldens/datasets_goldens.py`).
@Suite(.enabled(if: SharedData.isPresent)) struct RealTokenizerTests {
  let golden: JSONValue
  let composer: PromptComposer

  init() throws {
    golden = try JSONValue(parsing: try Data(contentsOf: Goldens.url("datasets_rendering.json")))
    composer = PromptComposer(try PromptTemplates.find("summarise"))
  }

  func render(_ folder: String, _ shape: SequenceShape) throws -> [RenderedExample] {
    let tokenizer = try Tokenizer(folder: try #require(SharedData.url(folder)))
    let renderer = try Renderer(tokenizer: tokenizer, shape: shape)
    return try (golden["pairs"]?.array ?? []).enumerated().flatMap { number, pair in
      let row = DataRow(fields: try #require(pair.object), file: "golden", line: number)
      return try renderer.render(row, number: number, composer: composer)
    }
  }

  func ids(_ value: JSONValue?) -> [Int32] { (value?.array ?? []).compactMap { $0.int.map(Int32.init) } }

  @Test func unigramForAnEncoderDecoder() throws {
    let examples = try render("tokenizers/t5-base", .encoderDecoder)
    let expected = try #require(golden["t5-base"]?.array)
    #expect(examples.count == 3 && expected.count == 3)
    for (example, golden) in zip(examples, expected) {
      #expect(example.source == ids(golden["source"]))
      #expect(example.target == ids(golden["target"]))
      #expect(example.supervised == 0..<example.target.count)
      #expect(example.target.last == 1)
    }
  }

  @Test(arguments: [("stories260K", "weights/stories260K"), ("gpt2", "tokenizers/gpt2")])
  func segmentsMakeTheWholeForADecoder(name: String, folder: String) throws {
    let examples = try render(folder, .decoderOnly)
    let expected = try #require(golden[name]?.array)
    #expect(examples.count == 3 && expected.count == 3)
    for (example, golden) in zip(examples, expected) {
      #expect(example.target == ids(golden["target"]))
      #expect(example.supervised.lowerBound == golden["start"]?.int)
      #expect(example.supervised.upperBound == example.target.count)
    }
  }
}
