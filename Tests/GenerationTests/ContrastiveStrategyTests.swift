import OrchardGeneration
import OrchardJSON
import OrchardSettings
import TestSupport
import Testing

@Suite struct ContrastiveStrategyTests {
  @Test("Contrastive search equals transformers 4.55.4 token for token", arguments: GoldenCase.all("contrastive"))
  func contrastive(golden: GoldenCase) throws {
    let model = try TinyModel.load(golden.model)
    let expected = GoldenCase.integers(golden.json["tokens"])
    var decoding = try Decoding(
      model, golden.prompts, settings: try golden.settings, endTokens: golden.endTokens)
    #expect(try decoding.finish().map(\.tokens) == expected)
    var settings = try golden.settings
    settings.prefillChunk = 3
    var alone = try Decoding(model, [golden.prompts[2]], settings: settings, endTokens: golden.endTokens)
    #expect(try alone.finish()[0].tokens == expected[2])
  }

  @Test func goldensAreThere() { #expect(GoldenCase.all("contrastive").count > 40) }

  @Test func withoutAPenaltyItIsGreedy() throws {
    let model = try TinyModel.load("llama-scaled")
    var settings = GenerationSettings()
    settings.maxNewTokens = 12
    let prompts = [TokenPrompt([1, 20, 7]), TokenPrompt([1])]
    var greedy = try Decoding(model, prompts, settings: settings)
    settings.contrast = 0
    settings[step: "top-k"] = 5
    var search = try Decoding(model, prompts, settings: settings)
    let (found, expected) = (try search.finish(), try greedy.finish())
    #expect(found.map(\.tokens) == expected.map(\.tokens))
    #expect(found.map(\.finish) == expected.map(\.finish))
    for (a, b) in zip(found[0].logProbabilities, expected[0].logProbabilities) { #expect(abs(a - b) < 1e-4) }
  }

  @Test func whatDoesNotGoTogetherIsTold() throws {
    func problem(_ yaml: String) throws -> String {
      try #require(#expect(throws: SettingsError.self) { try GenerationSettings(yaml: yaml) }).description
    }
    #expect(try problem("penalty-alpha: 0.6").contains("set top-k to 2 or more"))
    #expect(try problem("{penalty-alpha: 0.6, top-k: 4, sample: true}").contains("does not draw"))
    #expect(try problem("{penalty-alpha: 0.6, top-k: 4, num-beams: 2}").contains("does not go with num-beams"))
    #expect(try problem("{penalty-alpha: 1.6, top-k: 4}").contains("penalty-alpha is “1.6”"))
  }
}
