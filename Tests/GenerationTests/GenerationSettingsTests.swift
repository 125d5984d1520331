import OrchardGeneration
import OrchardSettings
import Testing

@Suite struct GenerationSettingsTests {
  private func problem(_ yaml: String) throws -> String {
    let error = #expect(throws: SettingsError.self) { try GenerationSettings(yaml: yaml) }
    return try #require(error).description
  }

  @Test func everySettingIsRead() throws {
    let settings = try GenerationSettings(
      yaml: """
        max-new-tokens: 20
        sample: true
        temperature: 0.7
        top-k: 5
        top-p: 0.9
        min-p: 0.05
        repetition-penalty: 1.1
        stop: ["\\n\\n", END]
        seed: 9
        """)
    #expect(settings.maxNewTokens == 20)
    #expect(settings.logitSteps.count == 5)
    #expect(settings[wholeStep: "top-k"] == 5)
    #expect(settings.stop == ["\n\n", "END"])
    #expect(settings.seed == 9)
  }

  @Test func stepsComeInTheirOrder() throws {
    let settings = try GenerationSettings(yaml: "{min-p: 0.1, top-k: 3, sample: true, repetition-penalty: 2}")
    #expect(settings.logitSteps.map { String(describing: type(of: $0)) } == ["RepetitionPenalty", "TopK", "MinP"])
  }

  @Test func theExampleReadsBackAsTheDefaults() throws {
    #expect(try GenerationSettings(yaml: GenerationSettings.exampleText) == GenerationSettings())
  }

  @Test func mistakesAreTold() throws {
    #expect(try problem("top-p: 1.5\nsample: true").contains("top-p is “1.5”"))
    #expect(try problem("top-k: 0\nsample: true").contains("top-k is “0”"))
    #expect(try problem("temprature: 1").contains("temperature"))
    #expect(try problem("temperature: 0.5").contains("temperature has no effect unless chance chooses"))
    #expect(try problem("sample: true\nnum-beams: 2").contains("num-beams is 2, but chance chooses"))
    #expect(try problem("stop: ['']").contains("stop holds an empty text"))
    #expect(try problem("max-new-tokens: 0").contains("max-new-tokens is “0”"))
  }
}
