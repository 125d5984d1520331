import OrchardGeneration
import OrchardJSON
import OrchardSettings
import TestSupport
import Testing

@Suite struct GuidanceTests {
  private func settings(_ golden: GoldenCase) throws -> GenerationSettings {
    var file = golden.json
    file["negative"] = nil
    var settings = try GoldenCase(json: file).settings
    if golden.json["negative"] != nil { settings.guidance.negativePrompt = "negative" }
    return settings
  }

  @Test("Guided texts equal transformers token for token", arguments: GoldenCase.all("guidance"))
  func guidance(golden: GoldenCase) throws {
    // The start token is put before negative prompts as before others.
    let negative = golden.json["negative"]?.array?.compactMap(\.int).dropFirst().map { $0 } ?? []
    var decoding = try Decoding(
      try TinyModel.load(golden.model), golden.prompts, settings: try settings(golden), endTokens: golden.endTokens,
      textStream: nil, encode: { _ in negative })
    #expect(try decoding.finish().map(\.tokens) == GoldenCase.integers(golden.json["tokens"]))
  }

  @Test func goldensAreThere() { #expect(GoldenCase.all("guidance").count == 36) }

  @Test func draftsGoWithGuidance() throws {
    let golden = try #require(GoldenCase.all("guidance").first)
    let model = try TinyModel.load(golden.model)
    var settings = try settings(golden)
    settings.draft.lookupTokens = 4
    var looked = try Decoding(model, golden.prompts, settings: settings, endTokens: golden.endTokens)
    #expect(try looked.finish().map(\.tokens) == GoldenCase.integers(golden.json["tokens"]))
    settings.draft.lookupTokens = nil
    settings.draft.confidence = 0
    var drafted = try Decoding(model, golden.prompts, settings: settings, endTokens: golden.endTokens, draft: model)
    #expect(try drafted.finish().map(\.tokens) == GoldenCase.integers(golden.json["tokens"]))
  }

  @Test func theModelsOwnLogProbabilityIsToldBesideTheGuidedOne() throws {
    var settings = GenerationSettings()
    settings.maxNewTokens = 4
    settings.guidance.scale = 2
    var decoding = try Decoding(try TinyModel.load("llama-scaled"), [TokenPrompt([1, 20, 7])], settings: settings)
    let sequence = try decoding.finish()[0]
    #expect(zip(sequence.logProbabilities, sequence.chosenLogProbabilities).contains { abs($0 - $1) > 1e-3 })
  }

  @Test func anEncoderDecoderIsLedAwayFromAnotherSource() throws {
    let generator = try TextGenerator(folder: Goldens.url("models/t5-v1_1"))
    var settings = GenerationSettings()
    settings.maxNewTokens = 10
    let plain = try generator.generate(["the cat sat"], settings: settings)[0].tokens
    settings.guidance.scale = 4
    settings.guidance.negativePrompt = "a bird sang"
    let guided = try generator.generate(["the cat sat", "rain"], settings: settings)
    #expect(guided[0].tokens != plain)
    #expect(try generator.generate(["the cat sat"], settings: settings)[0].tokens == guided[0].tokens)
  }

  @Test func mistakesAreTold() throws {
    func problem(_ yaml: String) throws -> String {
      try #require(#expect(throws: SettingsError.self) { try GenerationSettings(yaml: yaml) }).description
    }
    #expect(try problem("negative-prompt: x").contains("has no effect without guidance; set guidance-scale"))
    #expect(try problem("{guidance-scale: 2, num-beams: 2}").contains("does not go with beam search"))
    let model = try TinyModel.load("t5-v1_1")
    var settings = GenerationSettings()
    settings.maxNewTokens = 4
    settings.guidance.scale = 2
    let source = #expect(throws: GenerationError.self) {
      try Decoding(model, [TokenPrompt([5, 1])], settings: settings)
    }
    #expect(try #require(source).description.contains("give negative-prompt too"))
    settings.guidance.negativePrompt = String(repeating: "the cat ", count: 60)
    let generator = try TextGenerator(folder: Goldens.url("models/llama-grouped"))
    let long = #expect(throws: GenerationError.self) { try generator.generate(["the cat"], settings: settings) }
    #expect(try #require(long).description.contains("exceeds the model's context of 64: shorten it"))
  }
}
