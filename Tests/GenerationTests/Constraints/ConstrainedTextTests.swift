import OrchardGeneration
import OrchardGrammars
import OrchardJSON
import OrchardModels
import OrchardSettings
import OrchardTokenizers
import TestSupport
import Testing

/// Texts of random models under constraints: each must be what was asked for, whatever the model would rather say.
@Suite struct ConstrainedTextTests {
  private func generator(_ kind: SmallTokenizer, _ model: String = "llama-scaled") throws -> TextGenerator {
    var configuration = GenerationConfiguration()
    configuration.endTokens = [2]
    return TextGenerator(model: try TinyModel.load(model), tokenizer: try kind.make(), configuration: configuration)
  }

  private func prompts(_ count: Int) -> [TokenPrompt] { (0..<count).map { TokenPrompt([1, 5, 9], sample: $0) } }

  private func check(_ settings: GenerationSettings, _ text: String, _ finish: FinishReason) throws {
    var machine = GrammarMachine(try #require(try settings.grammar()).grammar)
    let isAccepted = machine.accepts(text)
    #expect(isAccepted, "\(text.debugDescription), ended by \(finish)")
    if settings.regex == nil { #expect(throws: Never.self) { try JSONValue(parsing: text) } }
  }

  private func all(_ change: (inout GenerationSettings) -> Void) -> [GenerationSettings] {
    let bases =
      GrammarConstraintTests.patterns.map { pattern in
        { (settings: inout GenerationSettings) in settings.regex = pattern }
      }
      + GrammarConstraintTests.schemas.map { schema in
        { (settings: inout GenerationSettings) in settings.jsonSchema = schema }
      }
    return bases.map { base in
      var settings = GenerationSettings()
      base(&settings)
      change(&settings)
      return settings
    }
  }

  @Test("Drawn texts are valid at any length", arguments: SmallTokenizer.allCases)
  func drawn(kind: SmallTokenizer) throws {
    let generator = try generator(kind)
    var texts: Set<String> = []
    var reasons: Set<FinishReason> = []
    for (number, base) in all({
      $0.sample = true; $0[step: "temperature"] = 30
    }).enumerated() {
      guard let constraint = try generator.constraint(base),
        let least = constraint.tokensToFinish(constraint.start)
      else { continue }
      for count in [max(1, least), least + 1, least + 4, 40] where count >= least {
        var settings = base
        settings.maxNewTokens = count
        settings.seed = number
        for sequence in try generator.generate(prompts(4), settings: settings) {
          try check(settings, sequence.text, sequence.finish)
          #expect(sequence.tokens.count <= count)
          texts.insert(sequence.text)
          reasons.insert(sequence.finish)
        }
      }
    }
    #expect(texts.count > 20)
    #expect(reasons.isSuperset(of: [.complete, .endToken]))
  }

  @Test("Greedy texts, an encoder–decoder's too", arguments: ["llama-grouped", "llama-scaled"])
  func greedy(model: String) throws {
    let generator = try generator(.byteLevel, model)
    for settings in all({ $0.maxNewTokens = 30 }) where settings.jsonSchema != nil {
      for sequence in try generator.generate(prompts(2), settings: settings) {
        try check(settings, sequence.text, sequence.finish)
      }
    }
  }

  @Test func anEncoderDecoderFollowsToo() throws {
    // Its own tokenizer has letters, but no braces.
    let generator = try TextGenerator(folder: Goldens.url("models/t5-v1_0"))
    var settings = GenerationSettings()
    settings.maxNewTokens = 12
    settings.regex = "the (cat|hen)s? (sat|has a (nest|hat)).*"
    for beams in [1, 3] {
      settings.beams = beams
      let text = try generator.generate(["a bird"], settings: settings)[0].text
      try check(settings, text, .length)
    }
    settings.regex = nil
    settings.json = true
    let error = #expect(throws: GenerationError.self) { try generator.generate(["a bird"], settings: settings) }
    #expect(
      try #require(error).description
        == "no text that follows the grammar of JSON objects can be written with this model's tokens: its tokenizer "
        + "lacks some characters")
  }

  @Test("Every beam is valid", arguments: [SmallTokenizer.byteLevel, .byteFallback])
  func beams(kind: SmallTokenizer) throws {
    let generator = try generator(kind)
    for base in all({
      $0.beams = 3; $0.returnSequences = 3
    }) {
      guard let constraint = try generator.constraint(base), let least = constraint.tokensToFinish(constraint.start)
      else { continue }
      for count in [max(1, least), least + 2, 24] where count >= least {
        for sample in [false, true] {
          var settings = base
          settings.maxNewTokens = count
          settings.sample = sample
          var decoding = try generator.begin(prompts(2), settings: settings)
          _ = try decoding.finish()
          for sequences in decoding.results {
            #expect(!sequences.isEmpty)
            for sequence in sequences { try check(settings, sequence.text, sequence.finish) }
          }
        }
      }
    }
    var groups = GenerationSettings()
    groups.jsonSchema = GrammarConstraintTests.schemas[2]
    groups.maxNewTokens = 40
    groups.beams = 4
    groups.beamGroups = 2
    groups.returnSequences = 4
    groups[step: "diversity-penalty"] = 1.5
    var decoding = try generator.begin(prompts(1), settings: groups)
    _ = try decoding.finish()
    for sequence in decoding.results[0] { try check(groups, sequence.text, sequence.finish) }
  }

  @Test("Steps that would rule everything out give way")
  func steps() throws {
    let generator = try generator(.byteLevel)
    var settings = GenerationSettings()
    settings.jsonSchema = GrammarConstraintTests.schemas[2]
    settings.maxNewTokens = 60
    settings[step: "no-repeat-ngram-size"] = 1
    settings[step: "min-new-tokens"] = 50
    settings[step: "repetition-penalty"] = 3
    let sequence = try generator.generate(prompts(1), settings: settings)[0]
    try check(settings, sequence.text, sequence.finish)
  }

  @Test func withoutEndTokensTextsEndWhereNothingMayFollow() throws {
    var configuration = GenerationConfiguration()
    configuration.endTokens = []
    let generator = TextGenerator(
      model: try TinyModel.load("llama-scaled"), tokenizer: try SmallTokenizer.byteLevel.make(),
      configuration: configuration)
    for settings in all({
      $0.sample = true; $0[step: "temperature"] = 20; $0.maxNewTokens = 25
    }) {
      for sequence in try generator.generate(prompts(2), settings: settings) {
        try check(settings, sequence.text, sequence.finish)
        #expect(sequence.finish == .complete || sequence.finish == .length)
      }
    }
  }

  @Test func aLimitThatIsTooSmallIsToldBeforehand() throws {
    let generator = try generator(.byteLevel)
    var settings = GenerationSettings()
    settings.regex = "[a-b]{9}"
    settings.maxNewTokens = 4
    let error = #expect(throws: GenerationError.self) { try generator.generate(prompts(1), settings: settings) }
    #expect(
      try #require(error).description
        == "a text that follows the regular expression “[a-b]{9}” takes 5 tokens at least, but the answer to prompt 1 "
        + "may have only 4 new tokens (max-new-tokens); give it more")
  }

  @Test func aConstraintNeedsATokenizer() throws {
    var settings = GenerationSettings()
    settings.maxNewTokens = 3
    settings.regex = "a"
    let model = try TinyModel.load("llama-grouped")
    let error = #expect(throws: GenerationError.self) { try Decoding(model, [TokenPrompt([1])], settings: settings) }
    #expect(try #require(error).description.contains("needs a tokenizer, and none was given"))
  }

  @Test(
    "What does not go together is refused",
    arguments: [
      (["regex": "a", "json": true], "json does not go with regex"),
      (["json-schema": "{}", "json": true], "json does not go with json-schema"),
      (["regex": "a", "stop": ["b"]], "stop does not go with regex"),
      (["json": true, "num-beams": 2, "force-words": ["a"]], "force-words does not go with json"),
      (["json-spacing": "wide"], "json-spacing"),
    ] as [(JSONValue, String)])
  func contradictions(values: JSONValue, message: String) throws {
    let error = #expect(throws: (any Error).self) { try GenerationSettings(values) }
    #expect("\(try #require(error))".contains(message), "\(String(describing: error))")
  }

  @Test(
    "Broken schemas are told",
    arguments: [
      ("{\"type\": }", "json-schema: line 1, column 10: not a JSON value"),
      ("no-such-file.json", "json-schema: there is no file “no-such-file.json”, and it is no schema itself"),
      ("{\"type\": \"strng\"}", "\"strng\" is no type"),
    ])
  func brokenSchemas(schema: String, message: String) throws {
    var settings = GenerationSettings()
    settings.jsonSchema = schema
    let error = #expect(throws: (any Error).self) { try settings.grammar() }
    #expect("\(try #require(error))".contains(message), "\(String(describing: error))")
  }
}
