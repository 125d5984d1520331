import Foundation
import OrchardGeneration
import OrchardJSON
import OrchardModels
import OrchardSettings
import OrchardTokenizers
import TestSupport
import Testing

@Suite struct DraftTests {
  /// A model, and others of its kind that may draft for it, itself among them.
  static let pairs = [
    ("llama-grouped", "llama-grouped"), ("llama-grouped", "llama-scaled"), ("llama-scaled", "llama-grouped"),
    ("t5-v1_0", "t5-v1_0"), ("t5-v1_0", "t5-v1_1"), ("t5-v1_1", "t5-v1_0"),
  ]

  @Test("Texts with prompt lookup are transformers' own", arguments: GoldenCase.all("greedy"))
  func lookup(golden: GoldenCase) throws {
    let model = try TinyModel.load(golden.model)
    var drafts = DraftCount()
    for (count, match) in [(1, 1), (3, 2), (9, 3)] {
      var settings = try golden.settings
      settings.draft.lookupTokens = count
      settings.draft.longestMatch = match
      var decoding = try Decoding(model, golden.prompts, settings: settings, endTokens: golden.endTokens)
      let sequences = try decoding.finish()
      #expect(sequences.map(\.tokens) == GoldenCase.integers(golden.json["tokens"]))
      for sequence in sequences { drafts = drafts + sequence.drafts }
    }
    #expect(drafts.proposed > 0)
    #expect(drafts.accepted <= drafts.proposed)
  }

  @Test("Texts with a draft model are the same as without", arguments: pairs)
  func draftModel(name: String, draftName: String) throws {
    let model = try TinyModel.load(name)
    let draft = try TinyModel.load(draftName)
    for golden in GoldenCase.all("greedy") where golden.model == name {
      for (count, schedule) in [(1, DraftSchedule.constant), (4, .heuristic), (12, .constant)] {
        var settings = try golden.settings
        settings.draft.tokens = count
        settings.draft.schedule = schedule
        settings.draft.confidence = count == 12 ? 0.2 : 0
        var decoding = try Decoding(
          model, golden.prompts, settings: settings, endTokens: golden.endTokens, draft: draft)
        let sequences = try decoding.finish()
        #expect(sequences.map(\.tokens) == GoldenCase.integers(golden.json["tokens"]))
        let drafts = sequences.reduce(DraftCount()) { $0 + $1.drafts }
        if count == 1 { #expect(drafts.proposed > 0) }
        // What drafts for itself is right until a text ends.
        if name == draftName, golden.endTokens == [1_000_000] { #expect(drafts.accepted == drafts.proposed) }
      }
    }
  }

  @Test func lookedUpTokensAreAcceptedWhereATextRepeatsItself() throws {
    let model = try TinyModel.load("llama-scaled")
    var settings = GenerationSettings()
    settings.maxNewTokens = 30
    settings.draft.lookupTokens = 6
    var plain = settings
    plain.draft.lookupTokens = nil
    // The model's own greedy text twice over: what comes has stood there before.
    var first = try Decoding(model, [TokenPrompt([1, 20, 7])], settings: plain, endTokens: [])
    let text = try first.finish()[0].tokens
    let prompt = TokenPrompt([1, 20, 7] + text.prefix(20))
    var slow = try Decoding(model, [prompt], settings: plain, endTokens: [])
    var fast = try Decoding(model, [prompt], settings: settings, endTokens: [])
    var (steps, tokens) = (0, 0)
    while let found = try fast.next() {
      steps += 1
      tokens += found.count
    }
    let (sequence, drafted) = (try slow.finish()[0], fast.results[0][0])
    #expect(drafted.tokens == sequence.tokens)
    #expect(tokens == 30)
    #expect(steps == 30 - drafted.drafts.accepted)
    for (a, b) in zip(sequence.logProbabilities, drafted.logProbabilities) { #expect(abs(a - b) < 1e-3) }
  }

  @Test func drawnTextsWithPromptLookupAreTheSame() throws {
    let model = try TinyModel.load("llama-scaled")
    var settings = GenerationSettings()
    settings.sample = true
    settings.maxNewTokens = 20
    settings[step: "top-k"] = 3
    let prompts = [[1, 9, 30, 4], [1], [1, 60, 61, 60, 61, 7]].map { TokenPrompt($0) }
    var plain = try Decoding(model, prompts, settings: settings)
    settings.draft.lookupTokens = 4
    var drafted = try Decoding(model, prompts, settings: settings)
    #expect(try drafted.finish().map(\.tokens) == plain.finish().map(\.tokens))
  }

  // 3,000 texts of three tokens are counted and compared with the probability that the model's own filtered
  // distribution gives them. The bound is the chi-squared statistic's mean and 3.1 deviations.
  @Test(
    "Texts drawn with a draft model are distributed as without",
    arguments: [("llama-grouped", 0.0), ("llama-scaled", 0.0), ("llama-grouped", 0.5)])
  func distribution(draftName: String, confidence: Double) throws {
    var settings = GenerationSettings()
    settings.sample = true
    settings.maxNewTokens = 3
    settings[step: "top-k"] = 3
    settings[step: "temperature"] = 0.8
    settings.draft.tokens = 2
    settings.draft.confidence = confidence
    let draws = 3000
    let prompts = (0..<draws).map { TokenPrompt([1, 20, 7], sample: $0) }
    var decoding = try Decoding(
      try TinyModel.load("llama-scaled"), prompts, settings: settings, endTokens: [],
      draft: try TinyModel.load(draftName))
    var counts: [[Int]: Int] = [:]
    var probabilities: [[Int]: Double] = [:]
    var drafts = DraftCount()
    for sequence in try decoding.finish() {
      counts[sequence.tokens, default: 0] += 1
      probabilities[sequence.tokens] = exp(sequence.chosenLogProbabilities.reduce(0) { $0 + Double($1) })
      drafts = drafts + sequence.drafts
    }
    // Behind the first of three tokens there is room for one draft.
    #expect(drafts.proposed == draws)
    #expect(drafts.accepted > 0)
    let statistic = probabilities.reduce(0.0) { sum, entry in
      let expected = entry.value * Double(draws)
      return sum + pow(Double(counts[entry.key] ?? 0) - expected, 2) / expected
    }
    let freedom = Double(probabilities.count - 1)
    #expect(abs(probabilities.values.reduce(0, +) - 1) < 0.02)
    #expect(statistic < freedom + 3.1 * (2 * freedom).squareRoot())
  }

  @Test func aDraftsRuleKeepsTheDistribution() {
    let logits: [Float] = [0.3, -1, 2, -.infinity, 1]
    let drafts: [Float] = [0.5, 0.2, 0.1, 0.1, 0.1]
    let total = logits.reduce(0.0) { $0 + exp(Double($1)) }
    let scratch = LogitScratch(vocabularySize: 5)
    let stream = RandomStream(seed: 3, prompt: [])
    var counts = [0, 0, 0, 0, 0]
    let draws = 20_000
    for number in 0..<draws {
      var place = stream.uniform(at: 3 * number)
      let drafted = drafts.indices.first { index in
        place -= Double(drafts[index])
        return place < 0
      }
      var copy = logits
      copy.withUnsafeMutableBufferPointer { logits in
        let row = LogitRow(
          logits: logits, history: [], context: RowContext(source: [], promptLength: 0, limit: 1), scratch: scratch)
        counts[
          row.choose(
            against: drafts, drafted: drafted ?? 4, kept: stream.uniform(at: 3 * number + 1),
            draw: stream.uniform(at: 3 * number + 2)
          ).token] += 1
      }
    }
    for (count, logit) in zip(counts, logits) {
      let expected = exp(Double(logit)) / total * Double(draws)
      #expect(abs(Double(count) - expected) <= 4 * expected.squareRoot())
    }
  }

  @Test func theContextEndsDraftsToo() throws {
    let model = try TinyModel.load("llama-grouped")
    let prompts = [TokenPrompt([1] + Array(repeating: 30, count: 49)), TokenPrompt([1, 5])]
    var plain = try Decoding(model, prompts, settings: GenerationSettings(), endTokens: [])
    let expected = try plain.finish()
    #expect(expected.allSatisfy { $0.finish == .contextFull })
    var settings = GenerationSettings()
    settings.draft.tokens = 7
    settings.draft.confidence = 0
    for name in ["llama-grouped", "llama-scaled"] {
      var decoding = try Decoding(
        model, prompts, settings: settings, endTokens: [], draft: try TinyModel.load(name))
      let found = try decoding.finish()
      #expect(found.map(\.tokens) == expected.map(\.tokens))
      #expect(found.map(\.finish) == expected.map(\.finish))
    }
    settings.draft.lookupTokens = 5
    var decoding = try Decoding(model, prompts, settings: settings, endTokens: [])
    #expect(try decoding.finish().map(\.tokens) == expected.map(\.tokens))
  }

  @Test(.enabled(if: TextGeneratorTests.stories != nil)) func storiesComeSoonerAndAreTheSame() throws {
    let folder = try #require(TextGeneratorTests.stories)
    let generator = try TextGenerator(folder: folder)
    let expected = try Data(contentsOf: folder.appending(path: "expected_greedy.txt"))
    var settings = GenerationSettings()
    settings.maxNewTokens = 200
    let drafted = try generator.drafted(by: generator).generate([""], settings: settings)[0]
    #expect(Data(drafted.text.utf8) == expected)
    #expect(drafted.drafts.accepted > 100)
    settings.draft.lookupTokens = 5
    let looked = try generator.generate([""], settings: settings)[0]
    #expect(Data(looked.text.utf8) == expected)
    #expect(looked.drafts.accepted > 0)
  }

  @Test func whatDoesNotGoTogetherIsTold() throws {
    func problem(_ yaml: String) throws -> String {
      try #require(#expect(throws: SettingsError.self) { try GenerationSettings(yaml: yaml) }).description
    }
    #expect(try problem("{prompt-lookup-num-tokens: 3, num-beams: 2}").contains("drafts one text, and num-beams is 2"))
    #expect(
      try problem("{prompt-lookup-num-tokens: 3, penalty-alpha: 0.6, top-k: 4}").contains("give one of the two"))
    let (llama, t5) = (try TinyModel.load("llama-scaled"), try TinyModel.load("t5-v1_0"))
    var settings = GenerationSettings()
    settings.maxNewTokens = 3
    let kind = #expect(throws: GenerationError.self) {
      try Decoding(llama, [TokenPrompt([1])], settings: settings, draft: t5)
    }
    #expect(
      try #require(kind).description.contains(
        "the draft model is an encoder–decoder (t5), but the model is a decoder (llama): choose a draft model"))
    settings.beams = 2
    let beams = #expect(throws: GenerationError.self) {
      try Decoding(llama, [TokenPrompt([1])], settings: settings, draft: llama)
    }
    #expect(try #require(beams).description.contains("does not go with num-beams: leave out one"))
  }

  @Test func anotherVocabularyIsRefusedWithTheFirstDifference() throws {
    let generator = try TextGenerator(folder: Goldens.url("models/llama-scaled"))
    let folder = try TemporaryFolder()
    let text = try String(
      contentsOf: Goldens.url("models/llama-scaled").appending(path: "tokenizer.json"), encoding: .utf8)
    // One more token at the end.
    var json = try JSONValue(parsing: text)
    var added = json["added_tokens"]?.array ?? []
    let id = generator.tokenizer.vocabularySize
    added.append(
      try JSONValue(
        parsing: """
          {"id": \(id), "content": "qqzz", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
           "special": true}
          """))
    var object = try #require(json.object)
    object["added_tokens"] = .array(added)
    json = .object(object)
    _ = try folder.write(json.text, to: "tokenizer.json")
    let other = TextGenerator(model: generator.model, tokenizer: try Tokenizer(folder: folder.url))
    let error = #expect(throws: GenerationError.self) { try generator.drafted(by: other) }
    let said = try #require(error).description
    #expect(said.contains("another vocabulary: the id \(id) is “qqzz” there and no token in the model"), "\(said)")
    #expect(said.contains("choose a draft model of the same family"))
    _ = try generator.drafted(by: generator)
  }
}
