import OrchardGeneration
import OrchardJSON
import TestSupport
import Testing

@Suite struct ReadingTests {
  @Test("A prompt read in pieces gives the same text", arguments: GoldenCase.all("greedy"))
  func pieces(golden: GoldenCase) throws {
    let model = try TinyModel.load(golden.model)
    for chunk in [1, 3, 5] {
      var settings = try golden.settings
      settings.prefillChunk = chunk
      var decoding = try Decoding(model, golden.prompts, settings: settings, endTokens: golden.endTokens)
      #expect(try decoding.finish().map(\.tokens) == GoldenCase.integers(golden.json["tokens"]))
    }
  }

  @Test func beamsTakePiecesToo() throws {
    let golden = try #require(GoldenCase.all("beams").last)
    var settings = try golden.settings
    settings.prefillChunk = 4
    var decoding = try Decoding(
      try TinyModel.load(golden.model), golden.prompts, settings: settings, endTokens: golden.endTokens)
    _ = try decoding.finish()
    for (prompt, sequences) in decoding.results.enumerated() {
      #expect(sequences.map(\.tokens) == GoldenCase.integers(golden.json["tokens"]?.array?[prompt]))
    }
  }
}
