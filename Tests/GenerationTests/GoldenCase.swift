import Foundation
import OrchardGeneration
import OrchardJSON
import OrchardModels
import TestSupport
import Testing
import Testing

/// One case of `Tests/Goldens/generation`: prompts, settings, and what transformers generated.
struct GoldenCase: Sendable, CustomTestStringConvertible {
  let json: JSONObject

  static func all(_ name: String) -> [GoldenCase] {
    let data = FileManager.default.contents(atPath: Goldens.url("generation/\(name).json").path) ?? Data()
    let list = (try? JSONValue(parsing: data))?.array ?? []
    return list.compactMap { $0.object.map { GoldenCase(json: $0) } }
  }

  var testDescription: String {
    json.entries.filter { !["prompts", "tokens", "log_probabilities", "scores"].contains($0.key) }
      .map { "\($0.key) \($0.value.text)" }.joined(separator: ", ")
  }

  var model: String { json["model"]?.string ?? "" }
  var prompts: [TokenPrompt] { Self.integers(json["prompts"]).map { TokenPrompt($0) } }
  var endTokens: [Int] { json["end_tokens"]?.array?.compactMap(\.int) ?? [] }

  /// The settings as a `generation_config.json` gives them.
  var settings: GenerationSettings {
    get throws {
      var file = json
      let own = ["model", "transformers", "prompts", "end_tokens", "tokens", "scores", "log_probabilities"]
      for key in own { file[key] = nil }
      let configuration = try GenerationConfiguration(file)
      #expect(configuration.unusedKeys.isEmpty)
      var settings = configuration.settings
      settings.maxNewTokens = configuration.maxNewTokens
      // The first goldens of beams return all of them without saying so.
      if json["num_return_sequences"] == nil { settings.returnSequences = settings.beams }
      return settings
    }
  }

  static func integers(_ value: JSONValue?) -> [[Int]] {
    value?.array?.map { $0.array?.compactMap(\.int) ?? [] } ?? []
  }

  static func floats(_ value: JSONValue?) -> [[Double]] {
    value?.array?.map { $0.array?.compactMap(\.double) ?? [] } ?? []
  }
}

/// The tiny checkpoints that the goldens were made with.
enum TinyModel {
  static let names = ["t5-v1_0", "t5-v1_1", "llama-grouped", "llama-scaled"]

  static func load(_ name: String) throws -> any LanguageModel {
    try ModelFolder.load(Goldens.url("models/\(name)"))
  }
}
