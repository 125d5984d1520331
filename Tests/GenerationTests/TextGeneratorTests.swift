import Foundation
import OrchardGeneration
import OrchardModels
import OrchardTokenizers
import TestSupport
import Testing

@Suite struct TextGeneratorTests {
  static let stories = SharedData.url("weights/stories260K")

  private func settings(_ count: Int, stop: [String] = []) -> GenerationSettings {
    var settings = GenerationSettings()
    settings.maxNewTokens = count
    settings.stop = stop
    return settings
  }

  /// What llama2.c's own program writes with these weights.
  @Test(.enabled(if: stories != nil)) func stories260K() throws {
    let folder = try #require(Self.stories)
    let generator = try TextGenerator(folder: folder)
    let expected = try Data(contentsOf: folder.appending(path: "expected_greedy.txt"))
    let answer = try generator.generate([""], settings: settings(200))[0]
    #expect(Data(answer.text.utf8) == expected)
    #expect(answer.tokens.count == 200)
    #expect(answer.finish == .length)
  }

  @Test(.enabled(if: stories != nil), arguments: [("her mom", 1), ("ball. She", 2), ("zzz", 0), ("\n", 3)])
  func stopStrings(stop: String, number: Int) throws {
    let folder = try #require(Self.stories)
    let generator = try TextGenerator(folder: folder)
    let whole = String(decoding: try Data(contentsOf: folder.appending(path: "expected_greedy.txt")), as: UTF8.self)
    let answer = try generator.generate([""], settings: settings(200, stop: ["qqq", stop]))[0]
    if let place = whole.range(of: stop) {
      #expect(answer.text == String(whole[..<place.lowerBound]))
      #expect(answer.finish == .stopString)
      #expect(answer.tokens.count < 200)
    } else {
      #expect(number == 0)
      #expect(answer.text == whole)
    }
  }

  @Test(.enabled(if: stories != nil)) func theStreamedTextIsTheText() throws {
    let generator = try TextGenerator(folder: try #require(Self.stories))
    let settings = settings(80, stop: ["park"])
    let texts = ["Once upon a time", "", "The dog"]
    var decoding = try generator.begin(try generator.prompts(texts, settings: settings), settings: settings)
    var streamed = ["", "", ""]
    while let step = try decoding.next() {
      for token in step { streamed[token.prompt] += token.text }
    }
    #expect(streamed == decoding.results.map { $0[0].text })
    #expect(decoding.results[1][0].finish == .stopString)
    #expect(streamed[1].hasSuffix("to play outside in the "))
  }

  @Test("Answers do not depend on the batch", arguments: TinyModel.names)
  func batches(name: String) throws {
    let generator = try TextGenerator(folder: Goldens.url("models/\(name)"))
    let texts = ["the cat sat", "a bird sang in the old tree", "ann", "the cat sat", "rain falls on the hill ; bob"]
    var settings = settings(12)
    settings.sample = true
    let all = try generator.generate(texts, settings: settings, batchSize: 8)
    for size in [1, 2, 3] {
      #expect(try generator.generate(texts, settings: settings, batchSize: size).map(\.text) == all.map(\.text))
    }
    // Equal prompts are drawn anew.
    #expect(all[0].tokens != all[3].tokens)
    #expect(try generator.generate([texts[1]], settings: settings)[0].text == all[1].text)
    settings.sample = false
    let greedy = try generator.generate(texts, settings: settings)
    #expect(greedy[0].text == greedy[3].text)
  }

  @Test func beamSearchStopsAtStopStringsToo() throws {
    let generator = try TextGenerator(folder: Goldens.url("models/llama-scaled"))
    var plain = settings(16)
    plain.beams = 3
    plain.returnSequences = 3
    let free = try generator.generate(["the cat sat"], settings: plain)[0].text
    let middle = String(free.dropFirst(free.count / 2).prefix(3))
    var stopping = plain
    stopping.stop = [middle]
    let prompts = try generator.prompts(["the cat sat"], settings: stopping)
    var decoding = try generator.begin(prompts, settings: stopping)
    _ = try decoding.finish()
    #expect(decoding.results[0].contains { $0.finish == .stopString })
    #expect(decoding.results[0].allSatisfy { !$0.text.contains(middle) })
  }

  @Test func promptsAreFramedForTheirKindOfModel() throws {
    let encoder = try TextGenerator(folder: Goldens.url("models/t5-v1_0"))
    #expect(encoder.tokens(of: "the cat").last == 1)
    #expect(encoder.tokens(of: "") == [1])
    let decoder = try TextGenerator(folder: Goldens.url("models/llama-grouped"))
    #expect(decoder.tokens(of: "the cat").first == 1)
    #expect(decoder.tokens(of: "the cat").last != 2)
  }

  @Test func theWorkCanBeEndedBetweenTokens() throws {
    struct Enough: Error {}
    let generator = try TextGenerator(folder: Goldens.url("models/llama-scaled"))
    var calls = 0
    #expect(throws: Enough.self) {
      try generator.generate(["the cat", "ann"], settings: settings(20)) { done in
        calls += 1
        #expect(done == 0)
        if calls == 3 { throw Enough() }
      }
    }
    #expect(calls == 3)
  }

  @Test func overlongPromptsAreRefusedBeforeAnythingIsGenerated() throws {
    let generator = try TextGenerator(folder: Goldens.url("models/llama-grouped"))
    let long = String(repeating: "the cat ", count: 60)
    var batches = 0
    let error = #expect(throws: GenerationError.self) {
      try generator.generate(["a", "b", long], settings: settings(4), batchSize: 1) { _ in batches += 1 }
    }
    #expect(try #require(error).description.contains("prompt 3 has"))
    #expect(batches == 0)
  }
}
