import Foundation
import OrchardJSON

/// What the files beside a SentencePiece model say about the tokenizer around it.
struct SentencePieceFamily {
  /// The models whose tokenizers are known to be a SentencePiece file with little around it.
  enum Name {
    case t5
    case llama
    case albert
  }

  let name: Name
  private let settings: JSONValue
  /// Tokens with numbers that the files beside the model give them.
  let added: [(number: Int, content: String, isSpecial: Bool)]

  /// Reads `tokenizer_config.json`, `added_tokens.json` and `config.json` where they are there.
  ///
  /// - Throws: `TokenizerError` where one of them is broken or names a tokenizer that numbers its tokens in
  ///   another way than the SentencePiece file.
  init(beside model: URL, algorithm: SentencePieceFile.Algorithm) throws {
    let folder = model.deletingLastPathComponent()
    let settings = try Self.read("tokenizer_config.json", in: folder)
    self.settings = settings ?? [:]
    let type = try Self.read("config.json", in: folder)?["model_type"]?.string
    if let named = settings?["tokenizer_class"]?.string, !Self.saysNothing.contains(named) {
      name = try Self.family(named.hasSuffix("Fast") ? String(named.dropLast(4)) : named, model)
    } else if let type, let family = Self.modelTypes[type] {
      name = family
    } else {
      name = algorithm == .bytePair ? .llama : .t5
    }
    var added: [Int: (content: String, isSpecial: Bool)] = [:]
    for (content, number) in try Self.read("added_tokens.json", in: folder)?.object?.entries ?? [] {
      if let number = number.int { added[number] = (content, true) }
    }
    for (number, token) in settings?["added_tokens_decoder"]?.object?.entries ?? [] {
      if let number = Int(number), let content = token["content"]?.string {
        added[number] = (content, token["special"]?.bool ?? true)
      }
    }
    self.added = added.sorted { $0.key < $1.key }.map { ($0.key, $0.value.content, $0.value.isSpecial) }
  }

  private static let saysNothing: Set<String> = [
    "PreTrainedTokenizer", "PreTrainedTokenizerFast", "TokenizersBackend", "SentencePieceBackend",
  ]

  private static let modelTypes: [String: Name] = [
    "t5": .t5, "mt5": .t5, "umt5": .t5, "llama": .llama, "mistral": .llama, "mixtral": .llama, "albert": .albert,
  ]

  private static func family(_ tokenizer: String, _ model: URL) throws -> Name {
    switch tokenizer {
    case "T5Tokenizer", "MT5Tokenizer": return .t5
    case "LlamaTokenizer": return .llama
    case "AlbertTokenizer": return .albert
    default:
      throw TokenizerError(
        "\(model.path): tokenizer_config.json names the tokenizer “\(tokenizer)”, whose SentencePiece file alone does "
          + "not say how its tokens are numbered; put its tokenizer.json beside it.")
    }
  }

  private static func read(_ name: String, in folder: URL) throws -> JSONValue? {
    let file = folder.appending(path: name)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    do {
      return try JSONValue(parsing: Data(contentsOf: file))
    } catch let error as JSONError {
      throw TokenizerError("\(file.path), \(error)")
    }
  }

  /// A truth value of `tokenizer_config.json`.
  func flag(_ key: String, or fallback: Bool) -> Bool { settings[key]?.bool ?? fallback }

  /// The token that `tokenizer_config.json` gives for a use, as a text or as an object with its content.
  func token(_ key: String) -> String? { settings[key]?.string ?? settings[key]?["content"]?.string }

  /// How many sentinels a T5 has behind its pieces.
  var sentinels: Int { name == .t5 ? max(0, settings["extra_ids"]?.int ?? 100) : 0 }
}
