import Foundation
import OrchardJSON
import OrchardLayers
import OrchardTensors

/// What a model's folder holds, read from its configuration and the headers of its weights: nothing is loaded.
public struct ModelSummary: Sendable {
  /// A part of a model that weights belong to.
  public enum Part: String, CaseIterable, Sendable {
    case embedding
    case attention
    case feedForward = "feed-forward"
    case norms
    case head
    case other
  }

  /// Something that a model can be used for.
  public enum Use: String, Sendable {
    case generate
    case chat
    case score
    case embed
    case classify
    case fillMasks = "fill masks"
    case fineTune = "fine-tune"
  }

  /// The folder.
  public let folder: URL
  /// The architecture's name, as `model_type` in `config.json`.
  public let architecture: String
  /// The model's class as transformers calls it, where the folder says so.
  public let className: String?
  /// How text goes in and comes out: decoder-only, encoder-decoder, encoder; nil for an unknown architecture.
  public internal(set) var kind: String?
  /// The weights' elements, a weight that is kept under several names counted once.
  public let parameters: [Part: Int]
  /// The weights' bytes in the files by the type of their elements, the greatest first.
  public let bytes: [(dtype: DType, bytes: Int)]
  /// Files that the weights are in.
  public let fileCount: Int
  /// The most tokens that positions exist for; nil where there is no bound, or it is not known.
  public internal(set) var contextLength: Int?
  /// The number of token ids.
  public internal(set) var vocabularySize: Int?
  /// Numbers in a hidden state.
  public internal(set) var width: Int?
  /// Layers; of an encoder-decoder those of both halves.
  public internal(set) var layerCount: Int?
  /// Whether the output matrix is the embedding; nil where there is none.
  public internal(set) var isTied: Bool?
  /// Whether the folder has a chat template.
  public let hasChatTemplate: Bool
  /// What the model can be used for; empty for an unknown architecture.
  public internal(set) var uses: [Use] = []
  /// What `generation_config.json` says beside special tokens.
  public let generationDefaults: JSONObject

  /// The number of parameters.
  public var parameterCount: Int { parameters.values.reduce(0, +) }

  /// Reads a folder.
  ///
  /// - Throws: `ModelError` or `EngineError` that names the file, and what is wrong with it.
  public init(_ folder: URL) throws {
    self.folder = folder
    let configuration = try ModelConfiguration(folder: folder)
    let checkpoint = try CheckpointFolder(folder)
    architecture = try configuration.architecture
    className = configuration.json["architectures"]?.array?.first?.string
    hasChatTemplate = try Self.hasChatTemplate(folder)
    generationDefaults = try Self.defaults(folder)
    fileCount = checkpoint.fileCount
    let subject = try Subject(configuration, folder, checkpoint)
    var parameters: [Part: Int] = [:]
    var bytes: [DType: Int] = [:]
    for name in checkpoint.names {
      let count = (checkpoint.shape(of: name) ?? []).reduce(1, *)
      let dtype = checkpoint.dtype(of: name) ?? .float32
      bytes[dtype, default: 0] += count * dtype.byteCount
      if let part = subject.part(of: name) { parameters[part, default: 0] += count }
    }
    self.parameters = parameters
    self.bytes = bytes.sorted { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }.map { ($0.key, $0.value) }
    subject.describe(&self)
  }

  private static func hasChatTemplate(_ folder: URL) throws -> Bool {
    let names = ["chat_template.jinja", "chat_template.json"]
    if names.contains(where: { FileManager.default.fileExists(atPath: folder.appending(path: $0).path) }) {
      return true
    }
    return try object("tokenizer_config.json", in: folder)["chat_template"].map { !$0.isNull } ?? false
  }

  private static func defaults(_ folder: URL) throws -> JSONObject {
    let silent = ["_from_model_config", "transformers_version"]
    return JSONObject(
      try object("generation_config.json", in: folder).entries.filter { key, value in
        !value.isNull && !silent.contains(key) && !key.hasSuffix("_token_id")
      }.map { ($0.key, $0.value) })
  }

  private static func object(_ name: String, in folder: URL) throws -> JSONObject {
    let url = folder.appending(path: name)
    guard let data = FileManager.default.contents(atPath: url.path) else { return JSONObject() }
    do {
      guard let object = try JSONValue(parsing: data).object else {
        throw ModelError("\(url.path): is not a JSON object")
      }
      return object
    } catch let error as JSONError {
      throw ModelError("\(url.path): \(error)")
    }
  }
}
