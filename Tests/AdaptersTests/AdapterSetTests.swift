import Foundation
import OrchardAdapters
import OrchardGeneration
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

@Suite("One batch with rows of several adapters")
struct AdapterSetTests {
  /// The golden adapters of a golden model, each with its kind's name, all beside one model.
  private func set(_ name: String, _ kinds: [String], _ format: WeightFormat = .plain(.float32)) throws -> AdapterSet {
    let base = Goldens.url("models/\(name)")
    let model = try ModelFolder.load(base, format)
    return try AdapterSet(
      reading: kinds.map { ($0, Goldens.url("adapters/\(name)-\($0)")) }, on: model, base: nil)
  }

  /// What one adapter gives by itself.
  private func alone(
    _ name: String, _ kind: String?, _ format: WeightFormat, _ run: (any LanguageModel) throws -> [Int]
  )
    throws -> [Int]
  {
    let model = try ModelFolder.load(Goldens.url("models/\(name)"), format)
    if let kind {
      _ = try AdapterFolder.read(Goldens.url("adapters/\(name)-\(kind)"), on: model, base: nil)
    }
    return try run(model)
  }

  private func prompts(_ count: Int) -> [[Int]] {
    (0..<count).map { row in (0..<(3 + 4 * row % 11)).map { 3 + (7 * row + 5 * $0) % 50 } }
  }

  @Test(
    "Each row is what it is alone: the plain model, LoRAs, other kinds, soft prompts of different lengths",
    arguments: ["llama-grouped", "gpt2", "t5-v1_1", "bart"],
    [["lora", "prompt"], ["lora", "dora", "ia3", "bottleneck", "prompt", "p-tuning", "prefix"]])
  func mixed(name: String, kinds: [String]) throws {
    let set = try set(name, kinds)
    let choices: [String?] = [nil] + kinds + kinds.reversed() + [nil]
    let rows = prompts(choices.count)
    var settings = GenerationSettings()
    (settings.maxNewTokens, settings.beams) = (6, 1)
    let together = rows.indices.map { TokenPrompt(rows[$0], adapter: choices[$0]) }
    var decoding = try Decoding(set.model, together, settings: settings, endTokens: [])
    let made = try decoding.finish().map(\.tokens)
    var different: Set<[Int]> = []
    for row in rows.indices {
      let own = try alone(name, choices[row], .plain(.float32)) { model in
        var decoding = try Decoding(model, [TokenPrompt(rows[row])], settings: settings, endTokens: [])
        return try decoding.finish()[0].tokens
      }
      #expect(made[row] == own, "row \(row) with \(choices[row] ?? "no adapter")")
      let plain = try alone(name, nil, .plain(.float32)) { model in
        var decoding = try Decoding(model, [TokenPrompt(rows[row])], settings: settings, endTokens: [])
        return try decoding.finish()[0].tokens
      }
      if choices[row] != nil, own != plain { different.insert(own) }
    }
    #expect(!different.isEmpty, "no adapter changed anything")
    set.detach()
    var after = try Decoding(set.model, [TokenPrompt(rows[0])], settings: settings, endTokens: [])
    #expect(try after.finish()[0].tokens == made[0])
  }

  @Test("Soft prompts for the decoder too, beside rows without", arguments: ["t5-v1_1", "bart"])
  func decoderPrompts(name: String) throws {
    try mixed(name: name, kinds: ["prompt-both", "lora", "prompt", "prefix"])
  }

  @Test("Equal prompts with different adapters are read apart, and rows of one keep it in beams and drafts")
  func equalPrompts() throws {
    let set = try set("llama-grouped", ["lora", "dora", "prompt"])
    let ids = [5, 9, 12, 7, 9, 12]
    let changes: [(inout GenerationSettings) -> Void] = [
      { $0.beams = 3 }, { $0.draft.lookupTokens = 3 },
      {
        $0.returnSequences = 2
        $0.sample = true
      },
    ]
    for change in changes {
      var settings = GenerationSettings()
      settings.maxNewTokens = 8
      change(&settings)
      let choices: [String?] = ["lora", nil, "prompt", "dora"]
      var decoding = try Decoding(
        set.model, choices.map { TokenPrompt(ids, adapter: $0) }, settings: settings, endTokens: [])
      _ = try decoding.finish()
      for (place, choice) in choices.enumerated() {
        let own = try alone("llama-grouped", choice, .plain(.float32)) { model in
          var decoding = try Decoding(model, [TokenPrompt(ids)], settings: settings, endTokens: [])
          _ = try decoding.finish()
          return decoding.results[0].flatMap(\.tokens)
        }
        #expect(decoding.results[place].flatMap(\.tokens) == own, "\(choice ?? "none")")
      }
    }
  }

  @Test("The decoding program takes LoRAs as they are, also beside weights of few bits and in bf16")
  func programs() throws {
    for format in [WeightFormat.plain(.float32), .plain(.bfloat16), .quantized(.eight)] {
      let set = try set("llama-grouped", ["lora", "lora-patterns"], format)
      let choices = [0, nil, 1, 0]
      let rows = prompts(4).map { Array($0.prefix(3)) }
      withoutGradients {
        let (state, first) = set.model.begin(rows, adapters: choices)
        _ = set.model.next(after: first, in: state)
        let (slow, again) = set.model.begin(rows, adapters: choices)
        _ = set.model.next(after: again, in: slow)
        // Two tokens at once go through the layers one by one, one at a time through the program.
        let fast = [
          set.model.next(after: [[4], [4], [4], [4]], in: state),
          set.model.next(after: [[8], [8], [8], [8]], in: state),
        ]
        let layered = set.model.next(after: [[4, 8], [4, 8], [4, 8], [4, 8]], in: slow)
        func greatest(_ tensor: Tensor) -> Double {
          tensor.to(.float32).absolute.reshaped([-1]).maximum(along: 0).scalar
        }
        let difference = greatest(fast[1].to(.float32) - layered.to(.float32)) / greatest(layered)
        #expect(difference < (format.compact == nil && set.model.dtype == .float32 ? 1e-5 : 0.03), "\(format)")
      }
    }
  }

  @Test("A name that is not there, names that stand twice, and a prompt that a soft prompt leaves no room for")
  func problems() throws {
    let set = try set("llama-grouped", ["lora", "prompt"])
    var settings = GenerationSettings()
    settings.maxNewTokens = 2
    let unknown = #expect(throws: GenerationError.self) {
      try Decoding(set.model, [TokenPrompt([5], adapter: "lara")], settings: settings)
    }
    #expect("\(try #require(unknown))".contains("the adapter “lara”, which the model has not; did you mean “lora”?"))
    let context = try #require(set.model.properties.contextLength)
    let long = Array(repeating: 5, count: context - 1)
    #expect(throws: Never.self) { try Decoding(set.model, [TokenPrompt(long)], settings: settings) }
    #expect(throws: GenerationError.self) {
      try Decoding(set.model, [TokenPrompt(long, adapter: "prompt")], settings: settings)
    }
    let twice = #expect(throws: AdapterError.self) {
      try AdapterSet([set.adapters[0], ("lora", set.adapters[1].adapter)])
    }
    #expect("\(try #require(twice))".contains("two adapters are called “lora”"))
  }
}
