import Foundation
import OrchardJSON

extension Tokenizer {
  /// The tokenizer in a model's folder.
  ///
  /// Read are `tokenizer.json`; else a SentencePiece file (`tokenizer.model`, `spiece.model`,
  /// `sentencepiece.bpe.model`); else `vocab.json` with `merges.txt` (GPT-2); else `vocab.txt` (BERT). Beside it
  /// `tokenizer_config.json`, `special_tokens_map.json` and `chat_template.jinja` are read where they are there.
  ///
  /// - Throws: `TokenizerError` that names the file and what is wrong with it.
  public convenience init(folder: URL) throws {
    let files = TokenizerFolder(folder)
    let configuration = try files.json("tokenizer_config.json")
    try self.init(
      json: try files.tokenizer(configuration: configuration), configuration: configuration,
      specialTokensMap: try files.json("special_tokens_map.json"), chatTemplate: try files.text("chat_template.jinja"))
  }

  /// Writes `tokenizer.json` and `tokenizer_config.json` into a folder, which is made if it is not there.
  ///
  /// - Throws: `TokenizerError` where a file cannot be written.
  public func save(to folder: URL) throws {
    var settings = configuration?.object ?? JSONObject()
    for (role, name) in specialTokens.all where settings[role.rawValue] == nil {
      settings[role.rawValue] = .string(name)
    }
    if settings["tokenizer_class"] == nil { settings["tokenizer_class"] = "PreTrainedTokenizerFast" }
    if let chatTemplate, settings["chat_template"] == nil { settings["chat_template"] = .string(chatTemplate) }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let documents = [("tokenizer.json", json), ("tokenizer_config.json", JSONValue.object(settings))]
      for (name, document) in documents {
        try Data((document.prettyText + "\n").utf8).write(to: folder.appending(path: name), options: .atomic)
      }
    } catch {
      throw TokenizerError("The tokenizer cannot be written into \(folder.path): \(error.localizedDescription)")
    }
  }
}

/// The files of a tokenizer in a model's folder.
struct TokenizerFolder {
  private let folder: URL

  init(_ folder: URL) { self.folder = folder }

  func tokenizer(configuration: JSONValue?) throws -> JSONValue {
    if let document = try json("tokenizer.json") { return document }
    for name in ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model"] {
      let file = folder.appending(path: name)
      guard FileManager.default.fileExists(atPath: file.path) else { continue }
      return try SentencePieceModel.tokenizerJSON(from: file)
    }
    if let vocabulary = try json("vocab.json"), let merges = try text("merges.txt") {
      return try OlderFiles.bytePairs(vocabulary: vocabulary, merges: merges, configuration: configuration)
    }
    if let vocabulary = try text("vocab.txt") {
      return try OlderFiles.wordPieces(vocabulary: vocabulary, configuration: configuration)
    }
    guard FileManager.default.fileExists(atPath: folder.path) else {
      throw TokenizerError("There is no folder \(folder.path).")
    }
    throw TokenizerError(
      "\(folder.path) holds no tokenizer: neither tokenizer.json nor tokenizer.model, spiece.model, "
        + "vocab.json with merges.txt, or vocab.txt is there.")
  }

  /// The JSON document in a file, or nil where there is no such file.
  func json(_ name: String) throws -> JSONValue? {
    guard let data = try data(name) else { return nil }
    do {
      return try JSONValue(parsing: data)
    } catch {
      throw TokenizerError("\(folder.appending(path: name).path), \(error)")
    }
  }

  /// The text in a file, or nil where there is no such file.
  func text(_ name: String) throws -> String? {
    guard let data = try data(name) else { return nil }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw TokenizerError("\(folder.appending(path: name).path) is not UTF-8.")
    }
    return text
  }

  private func data(_ name: String) throws -> Data? {
    let file = folder.appending(path: name)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    do {
      return try Data(contentsOf: file)
    } catch {
      throw TokenizerError("\(file.path) cannot be read: \(error.localizedDescription)")
    }
  }
}
