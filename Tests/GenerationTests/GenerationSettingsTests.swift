import OrchardGeneration
import OrchardSettings
import Testing

@Suite struct GenerationSettingsTests {
  private func problem(_ yaml: String) throws -> String {
    let error = #expect(throws: SettingsError.self) { try GenerationSettings(yaml: yaml) }
    return try #require(error).description
  }

  private func steps(_ settings: GenerationSettings) throws -> [any LogitStep] {
    try StepSituation(vocabularySize: 100, endTokens: [2], settings: settings).steps()
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
    #expect(try steps(settings).count == 5)
    #expect(settings[value: "top-k"] == 5)
    #expect(settings.stop == ["\n\n", "END"])
    #expect(settings.seed == 9)
  }

  @Test func stepsComeInTheirOrder() throws {
    let settings = try GenerationSettings(yaml: "{min-p: 0.1, top-k: 3, sample: true, repetition-penalty: 2}")
    let names = try steps(settings).map { String(describing: type(of: $0)) }
    #expect(names == ["RepetitionPenalty", "TopK", "MinP"])
  }

  @Test func theExampleReadsBackAsTheDefaults() throws {
    #expect(try GenerationSettings(yaml: GenerationSettings.exampleText) == GenerationSettings())
  }

  @Test func mistakesAreTold() throws {
    #expect(try problem("top-p: 1.5\nsample: true").contains("top-p is “1.5”"))
    #expect(try problem("top-k: 0\nsample: true").contains("top-k is “0”"))
    #expect(try problem("temprature: 1").contains("temperature"))
    #expect(try problem("temperature: 0.5").contains("temperature has no effect unless chance chooses"))
    #expect(try problem("stop: ['']").contains("stop holds an empty text"))
    #expect(try problem("max-new-tokens: 0").contains("max-new-tokens is “0”"))
  }

  /// Each contradiction with what to do about it.
  @Test(arguments: [
    ("{num-beams: 4, num-beam-groups: 3, diversity-penalty: 1}", "groups is 3, which does not divide num-beams (4)"),
    ("{num-beams: 4, num-beam-groups: 2}", "num-beam-groups needs diversity-penalty"),
    ("{num-beams: 4, diversity-penalty: 1}", "diversity-penalty has no effect without groups of beams"),
    (
      "{num-beams: 4, num-beam-groups: 2, diversity-penalty: 1, sample: true}",
      "num-beam-groups is 2, but chance chooses (sample)"
    ),
    ("force-words: rain", "force-words are found by beam search; set num-beams to 2 or more"),
    ("{force-words: rain, num-beams: 2, sample: true}", "force-words cannot be drawn by chance"),
    (
      "{force-words: rain, num-beams: 2, num-beam-groups: 2, diversity-penalty: 1}",
      "force-words do not go with num-beam-groups"
    ),
    ("num-return-sequences: 2", "num-return-sequences is 2, but greedy decoding finds one text; set sample: true"),
    ("{num-return-sequences: 3, num-beams: 2}", "num-return-sequences is 3, but num-beams is 2"),
    ("{num-return-sequences: 3, num-beams: 2, sample: true}", "num-return-sequences is 3, but num-beams is 2"),
    ("{min-new-tokens: 9, max-new-tokens: 8}", "min-new-tokens is 9, which is more than max-new-tokens (8)"),
    (
      "{forced-eos-token-id: 2, suppress-tokens: [1, 2]}",
      "forced-eos-token-id forces the token 2, which suppress-tokens rules out"
    ),
    (
      "{forced-bos-token-id: 5, suppress-tokens: [5]}",
      "forced-bos-token-id forces the token 5, which suppress-tokens rules out"
    ),
    ("typical-p: 0.5", "typical-p has no effect unless chance chooses"),
    ("presence-penalty: 3", "presence-penalty is “3”, where a number from -2 to 2 is expected"),
    ("bad-words: [[]]", "bad-words.0 is a list, where a text, or a list of token ids is expected"),
    ("sequence-bias: [rain]", "where a phrase and a number, such as [rain, 2.5] is expected"),
    ("exponential-decay-length-penalty: 5", "where a number of tokens and a factor, such as [50, 1.1] is expected"),
    ("exponential-decay-length-penalty: [5, 0]", "is “0”, where a number above 0 is expected"),
  ])
  func contradictionsAreTold(yaml: String, message: String) throws {
    let text = try problem(yaml)
    #expect(text.contains(message), "\(text)")
  }

  @Test func whatGoesTogetherIsTaken() throws {
    _ = try GenerationSettings(yaml: "{num-return-sequences: 9, sample: true}")
    _ = try GenerationSettings(yaml: "{num-return-sequences: 2, num-beams: 2, sample: true, top-k: 4}")
    _ = try GenerationSettings(yaml: "{forced-eos-token-id: [2, 3], suppress-tokens: [2]}")
  }

  @Test func phrasesAreTextsOrTokens() throws {
    let settings = try GenerationSettings(
      yaml: """
        bad-words: [damn, 17, [5, 7], '17']
        sequence-bias: [[rain, 2.5], [[17, 4], -1]]
        logit-bias: {1734: -100, rain: 2.5}
        exponential-decay-length-penalty: [50, 1.1]
        forced-eos-token-id: 3
        num-beams: 2
        force-words: [rain, [5, 7], [snow, [8, 9]]]
        """)
    let bad: [TokenPhrase]? = settings[value: "bad-words"]
    #expect(bad == [.text("damn"), .tokens([17]), .tokens([5, 7]), .text("17")])
    let biases: [BiasedPhrase]? = settings[value: "sequence-bias"]
    #expect(biases == [BiasedPhrase(.text("rain"), 2.5), BiasedPhrase(.tokens([17, 4]), -1)])
    #expect(settings[value: "forced-eos-token-id"] == [3])
    #expect(
      settings.forceWords == [
        .phrase(.text("rain")), .phrase(.tokens([5, 7])), .anyOf([.text("snow"), .tokens([8, 9])]),
      ])
    #expect(try GenerationSettings(yaml: settings.yaml) == settings)
    #expect(try GenerationSettings(settings.resolved) == settings)
  }
}
