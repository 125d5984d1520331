import Foundation
import OrchardJSON
import OrchardSettings

/// A checkpoint's `generation_config.json`: its special tokens and its makers' defaults.
public struct GenerationConfiguration: Sendable {
  /// Tokens that end a text; nil where the file does not say.
  public var endTokens: [Int]?
  /// The greatest number of new tokens.
  public var maxNewTokens: Int?
  /// The greatest number of tokens of prompt and answer together.
  public var maxLength: Int?
  /// The settings that the file gives.
  public var settings = GenerationSettings()
  /// Keys, with their values, that ask for something Orchard does not do.
  public var unusedKeys: [String] = []

  /// A configuration that says nothing.
  public init() {}

  /// Reads a folder's `generation_config.json`; one that is missing says nothing.
  ///
  /// - Throws: `GenerationError` for a file that is no JSON object, or a value of the wrong kind.
  public init(folder: URL) throws {
    let url = folder.appending(path: "generation_config.json")
    let data = FileManager.default.contents(atPath: url.path)
    try self.init(try data.map { try Self.object($0, of: url) } ?? JSONObject(), source: url.path)
  }

  private static func object(_ data: Data, of url: URL) throws -> JSONObject {
    do {
      guard let object = try JSONValue(parsing: data).object else {
        throw GenerationError("\(url.path): is not a JSON object")
      }
      return object
    } catch let error as JSONError {
      throw GenerationError("\(url.path): \(error)")
    }
  }

  /// Reads the keys and values of such a file.
  ///
  /// - Throws: `GenerationError` for a value of the wrong kind.
  public init(_ object: JSONObject, source: String = "generation_config.json") throws {
    var known = JSONObject()
    for (key, value) in object.entries where !value.isNull && !Self.ignored.contains(key) {
      if try !readLimit(key, value, source), !Self.translate(key, value, into: &known), !Self.isOff(key, value) {
        unusedKeys.append("\(key) = \(value.text)")
      }
    }
    if known["sample"]?.bool != true {
      // Files keep values for sampling beside do_sample: false; there they mean nothing.
      for kind in LogitSteps.kinds where kind.part == .sampling { known[kind.name] = nil }
    }
    do {
      settings = try GenerationSettings(.object(known))
    } catch {
      throw GenerationError("\(source): \(error)")
    }
  }

  /// Keys that say nothing about the texts that are generated, or what the model's own configuration says too.
  private static let ignored: Set<String> = [
    "_from_model_config", "transformers_version", "use_cache", "output_attentions", "output_hidden_states",
    "output_scores", "output_logits", "return_dict_in_generate", "cache_implementation", "bos_token_id",
    "pad_token_id", "decoder_start_token_id",
  ]

  private mutating func readLimit(_ key: String, _ value: JSONValue, _ source: String) throws -> Bool {
    func wanted<Value>(_ read: Value?, _ kind: String) throws -> Value {
      guard let read else { throw GenerationError("\(source): “\(key)” must be \(kind), not \(value.text)") }
      return read
    }
    let count = value.int.flatMap { $0 > 0 ? $0 : nil }
    switch key {
    case "eos_token_id":
      let list = value.int.map { [$0] } ?? value.array?.compactMap(\.int)
      endTokens = try wanted(list, "a token id or a list of them")
    case "max_new_tokens": maxNewTokens = try wanted(count, "a whole number above 0")
    case "max_length": maxLength = try wanted(count, "a whole number above 0")
    default: return false
    }
    return true
  }

  /// Writes a key of the file as a key of `GenerationSettings`; returns whether there is one.
  private static func translate(_ key: String, _ value: JSONValue, into known: inout JSONObject) -> Bool {
    switch key {
    case "do_sample": known["sample"] = value
    case "stop_strings": known["stop"] = value
    case "num_beams", "length_penalty": known[key.replacing("_", with: "-")] = value
    case "early_stopping":
      known["early-stopping"] = value.bool.map { .string(($0 ? EarlyStopping.yes : .no).rawValue) } ?? value
    default:
      let name = key.replacing("_", with: "-")
      guard let kind = LogitSteps.kinds.first(where: { $0.name == name }) else { return false }
      // transformers writes 0 for a top-k, and 1 for a temperature, top-p or penalty, that does nothing.
      if !(kind.isWhole && value.double == 0), name == MinP.kind.name || value.double != 1 || kind.isWhole {
        known[name] = value
      }
    }
    return true
  }

  /// Whether a value switches off something that Orchard does not do: nothing is lost then.
  private static func isOff(_ key: String, _ value: JSONValue) -> Bool {
    if let flag = value.bool { return !flag }
    let off = ["num_return_sequences": 1.0, "typical_p": 1, "diversity_penalty": 0, "min_length": 0]
    return off[key].map { $0 == value.double } ?? false
  }
}
