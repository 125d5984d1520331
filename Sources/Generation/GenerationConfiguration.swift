import Foundation
import OrchardJSON
import OrchardModels
import OrchardSettings

/// A checkpoint's `generation_config.json`: its special tokens and its makers' defaults.
public struct GenerationConfiguration: Sendable {
  /// Tokens that end a text; nil where the file does not say.
  public var endTokens: [Int]?
  /// The token that an encoder–decoder's answer begins with, where the file says; else the model's own.
  public var decoderStartToken: Int?
  /// The token that a decoder's empty prompt is replaced by, where the file says; else the model's own.
  public var beginningToken: Int?
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
  /// - Throws: `GenerationError` for a value of the wrong kind, or values that contradict each other.
  public init(_ object: JSONObject, source: String = "generation_config.json") throws {
    var known = JSONObject()
    for (key, value) in object.entries where !value.isNull {
      switch GenerationKeys.use(of: key) {
      case .setting(let name, let off):
        if value != false, off == nil || off != value.double { known[name] = value }
      case .own: try readOwn(key, value, source, into: &known)
      case .ignored: break
      case .notDone(let off):
        if !off.contains(value) { unusedKeys.append("\(key) = \(value.text)") }
      case nil:
        // What is switched off asks for nothing, whatever it is.
        if value != false { unusedKeys.append("\(key) = \(value.text)") }
      }
    }
    Self.dropIdle(&known)
    do {
      settings = try GenerationSettings(.object(known))
    } catch {
      throw GenerationError("\(source): \(error)")
    }
  }

  /// Leaves out what the file's way of choosing does not look at: files keep values for sampling beside
  /// `do_sample: false`, where they mean nothing.
  private static func dropIdle(_ known: inout JSONObject) {
    for kind in LogitSteps.kinds {
      if kind.name == TopK.kind.name, known["penalty-alpha"] != nil { continue }
      switch kind.part {
      case .always: break
      case .sampling: if known["sample"]?.bool != true { known[kind.name] = nil }
      case .beamGroups: if (known["num-beam-groups"]?.int ?? 1) < 2 { known[kind.name] = nil }
      }
    }
  }

  private mutating func readOwn(_ key: String, _ value: JSONValue, _ source: String, into known: inout JSONObject)
    throws
  {
    func wanted<Value>(_ read: Value?, _ kind: String) throws -> Value {
      guard let read else { throw GenerationError("\(source): “\(key)” must be \(kind), not \(value.text)") }
      return read
    }
    let count = value.int.flatMap { $0 > 0 ? $0 : nil }
    let tokens = value.int.map { [$0] } ?? value.array?.compactMap(\.int)
    switch key {
    case "eos_token_id": endTokens = try wanted(tokens, "a token id or a list of them")
    // A list has an entry for each row of a batch: they are the same in a file.
    case "decoder_start_token_id": decoderStartToken = try wanted(tokens?.first, "a token id")
    case "bos_token_id": beginningToken = try wanted(tokens?.first, "a token id")
    case "max_new_tokens": maxNewTokens = try wanted(count, "a whole number above 0")
    case "max_length": maxLength = try wanted(count, "a whole number above 0")
    case "early_stopping":
      known["early-stopping"] = value.bool.map { .string(($0 ? EarlyStopping.yes : .no).rawValue) } ?? value
    default: preconditionFailure("\(key) is read nowhere")
    }
  }
}

extension GenerationConfiguration {
  /// A model's properties, with the start token that the file gives instead of the model's own.
  ///
  /// - Throws: `GenerationError` for a start token that is not in the vocabulary.
  func applied(to properties: ModelProperties) throws -> ModelProperties {
    let isDecoder = properties.kind == .decoderOnly
    guard let token = isDecoder ? beginningToken : decoderStartToken else { return properties }
    guard (0..<properties.vocabularySize).contains(token) else {
      throw GenerationError(
        "generation_config.json begins texts with the token id \(token) (\(isDecoder ? "bos" : "decoder_start")_token_id), "
          + "but the model knows only ids below \(properties.vocabularySize)")
    }
    var properties = properties
    properties.startToken = token
    return properties
  }
}
