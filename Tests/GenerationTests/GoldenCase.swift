import Foundation
import OrchardGeneration
import OrchardJSON
import OrchardModels
import TestSupport
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

  var settings: GenerationSettings {
    var settings = GenerationSettings()
    settings.maxNewTokens = json["max_new_tokens"]?.int
    settings.beams = json["num_beams"]?.int ?? 1
    settings.lengthPenalty = json["length_penalty"]?.double ?? 1
    if let early = json["early_stopping"] {
      settings.earlyStopping = early.bool.map { $0 ? .yes : .no } ?? .never
    }
    for kind in LogitSteps.kinds {
      settings[step: kind.name] = json[kind.name.replacing("-", with: "_")]?.double
    }
    return settings
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
