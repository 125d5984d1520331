import OrchardGeneration
import OrchardJSON
import OrchardModels
import OrchardSettings
import OrchardTensors
import TestSupport
import Testing

@Suite struct LayerContrastTests {
  @Test("Contrasted layers equal transformers 4.55.4 token for token", arguments: GoldenCase.all("layers"))
  func layers(golden: GoldenCase) throws {
    let model = try TinyModel.load(golden.model)
    let expected = GoldenCase.integers(golden.json["tokens"])
    var together = try Decoding(
      model, golden.prompts, settings: try golden.settings, endTokens: golden.endTokens)
    #expect(try together.finish().map(\.tokens) == expected)
    var settings = try golden.settings
    settings.prefillChunk = 3
    settings.draft.lookupTokens = 4
    var alone = try Decoding(model, [golden.prompts[2]], settings: settings, endTokens: golden.endTokens)
    #expect(try alone.finish()[0].tokens == expected[2])
  }

  @Test func goldensAreThere() {
    let cases = GoldenCase.all("layers")
    #expect(cases.count > 30)
    #expect(cases.contains { $0.json["dola_layers"]?.array?.count == 3 })
  }

  @Test func theModelsOwnProbabilitiesAreTold() throws {
    let model = try TinyModel.load("llama-scaled")
    var settings = GenerationSettings()
    settings.maxNewTokens = 1
    settings.earlyLayers = .low
    let prompt = [1, 20, 7]
    var decoding = try Decoding(model, [TokenPrompt(prompt)], settings: settings)
    let found = try decoding.finish()[0]
    let own = model.logits(TokenBatch(target: TokenRows([prompt]))).logSoftmax(along: -1).selected(0, 0)
    #expect(abs(own.selected(0, 2).floats[found.tokens[0]] - found.logProbabilities[0]) < 1e-5)
  }

  @Test func whatDoesNotGoTogetherIsTold() throws {
    func problem(_ yaml: String) throws -> String {
      try #require(#expect(throws: SettingsError.self) { try GenerationSettings(yaml: yaml) }).description
    }
    #expect(try problem("{dola-layers: low, num-beams: 2}").contains("does not go with num-beams"))
    #expect(try problem("{dola-layers: [0], guidance-scale: 2}").contains("does not go with guidance-scale"))
    #expect(try problem("dola-layers: middle").contains("low, high, or a list of layers"))
  }

  @Test func modelsThatCannotAreTold() throws {
    func problem(_ name: String, _ layers: EarlyLayers) throws -> String {
      var settings = GenerationSettings()
      settings.maxNewTokens = 1
      settings.earlyLayers = layers
      let model = try TinyModel.load(name)
      let error = #expect(throws: GenerationError.self) {
        try Decoding(model, [TokenPrompt([5, 1])], settings: settings)
      }
      return try #require(error).description
    }
    #expect(try problem("t5-v1_0", .low).contains("an encoder–decoder, cannot be contrasted"))
    let missing = try problem("llama-grouped", .listed([0, 7]))
    #expect(missing.contains("7 is not one of this model's early layers, 0 to 1"))
  }
}
