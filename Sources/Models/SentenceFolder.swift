import Foundation
import OrchardJSON
import OrchardTensors

/// A model's folder as an encoder of sentences: `modules.json` and what it names, as sentence-transformers writes it.
///
/// A folder without `modules.json` is pooled by the mean, as sentence-transformers does.
public struct SentenceFolder {
  /// The folder.
  public let url: URL
  /// Whether the folder says itself how its states are pooled.
  public let isDescribed: Bool
  /// The ways of pooling.
  public let poolings: [Pooling]
  /// The most tokens of a text that are read, where the folder says so.
  public let tokenLimit: Int?
  /// Whether texts are put into small letters first.
  public let lowercases: Bool
  /// Texts that can be put before each text, by name.
  public let prompts: [String: String]
  /// The name of the one that is put before each text unless another is asked for.
  public let defaultPrompt: String?
  /// Where the tokenizer's files are: beside the encoder's.
  public var tokenizerFolder: URL { body }
  private let body: URL
  private let steps: [Step]

  private enum Step {
    case normalize
    case dense(URL)
  }

  /// Reads how a folder makes embeddings.
  ///
  /// - Throws: `ModelError` that names the file, and what in it is wrong or not known.
  public init(_ url: URL) throws {
    self.url = url
    let modules = try Self.modules(of: url)
    isDescribed = modules != nil
    var body = url
    var poolings: [Pooling]?
    var steps: [Step] = []
    for module in modules ?? [] {
      let place = module.path.isEmpty ? url : url.appending(path: module.path)
      switch module.kind {
      case "Transformer": body = place
      case "Pooling": poolings = try Self.poolings(of: place)
      case "Normalize": steps.append(.normalize)
      case "Dense": steps.append(.dense(place))
      default:
        throw ModelError(
          "\(url.path)/modules.json: a module of the kind “\(module.kind)” is not known; known are Transformer, "
            + "Pooling, Dense, Normalize")
      }
    }
    if modules != nil, poolings == nil {
      throw ModelError("\(url.path)/modules.json: names no Pooling, which makes one vector of a text's states")
    }
    self.body = body
    self.poolings = poolings ?? [.mean]
    self.steps = steps
    let settings = try Self.transformerNames.lazy.compactMap {
      try ModelConfiguration(file: body.appending(path: "sentence_\($0)_config.json"))
    }.first
    tokenLimit = try settings.flatMap { $0.has("max_seq_length") ? try $0.integer("max_seq_length") : nil }
    lowercases = try settings?.flag("do_lower_case", default: false) ?? false
    let prompting = try ModelConfiguration(file: url.appending(path: "config_sentence_transformers.json"))
    let texts = try prompting?.object("prompts")?.json.entries ?? []
    prompts = Dictionary(uniqueKeysWithValues: texts.compactMap { entry in entry.value.string.map { (entry.key, $0) } })
    let named = try prompting?.text("default_prompt_name", default: "") ?? ""
    defaultPrompt = named.isEmpty ? nil : named
  }

  /// The names under which sentence-transformers has kept an encoder's settings.
  private static let transformerNames = [
    "bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet",
  ]

  private static func modules(of url: URL) throws -> [(kind: String, path: String)]? {
    let file = url.appending(path: "modules.json")
    guard let data = FileManager.default.contents(atPath: file.path) else { return nil }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: data)
    } catch {
      throw ModelError("\(file.path): \(error)")
    }
    guard let list = json.array else { throw ModelError("\(file.path): is not a JSON list") }
    return try list.map { entry in
      guard let type = entry["type"]?.string, let path = entry["path"]?.string,
        !path.split(separator: "/").contains("..")
      else {
        throw ModelError("\(file.path): every module needs a “type” and a “path” inside the folder")
      }
      // sentence_transformers.models.Pooling, and what later releases call it.
      return (type.split(separator: ".").last.map(String.init) ?? type, path)
    }
  }

  private static func poolings(of place: URL) throws -> [Pooling] {
    let file = place.appending(path: "config.json")
    guard let json = try ModelConfiguration(file: file) else {
      throw ModelError("\(file.path): cannot be read; a pooling folder must hold its config.json")
    }
    if try !json.flag("include_prompt", default: true) {
      throw ModelError("\(file.path): “include_prompt” is false; pooling without the prompt's tokens is not done here")
    }
    if let value = json.json["pooling_mode"], !value.isNull {
      let names = value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
      let found = names.compactMap { name in Pooling(rawValue: name).map { $0 } }
      guard !found.isEmpty, found.count == names.count else {
        let known = Pooling.allCases.map(\.rawValue).joined(separator: ", ")
        throw ModelError("\(file.path): “pooling_mode” is \(value.text); known are \(known)")
      }
      return found
    }
    let found = try Pooling.allCases.filter { try json.flag($0.olderKey, default: false) }
    return found.isEmpty ? [.mean] : found
  }

  /// Loads the encoder with all that the folder hangs behind it.
  ///
  /// The encoder may be a decoder where the folder says how it is pooled.
  /// - Throws: `ModelError` or `EngineError` that names the file, and what is wrong with it.
  public func encoder(dtype: DType? = nil, on device: Device = .cpu) throws -> SentenceEncoder {
    let configuration = try ModelConfiguration(folder: body)
    let name = try configuration.architecture
    let encoder: any TextEncoder
    if isDescribed, EncoderArchitecture.named(name) == nil, Architecture.all.contains(where: { $0.name == name }) {
      encoder = try DecoderAsEncoder(body, configuration, dtype: dtype, on: device)
    } else {
      encoder = try EncoderFolder(body).encoder(dtype: dtype, on: device)
    }
    let parts = try steps.map { step -> any SentenceStep in
      switch step {
      case .normalize: return NormalizeStep()
      case .dense(let place): return try Self.dense(place, on: device)
      }
    }
    return SentenceEncoder(encoder, poolings: poolings, steps: parts)
  }

  private static func dense(_ place: URL, on device: Device) throws -> DenseStep {
    let json = try ModelConfiguration(folder: place)
    let function = try json.text("activation_function", default: "torch.nn.modules.activation.Tanh")
    let name = function.split(separator: ".").last.map(String.init) ?? function
    guard let activation = DenseStep.activations[name] else {
      let known = DenseStep.activations.keys.sorted().joined(separator: ", ")
      throw ModelError("\(json.source): “activation_function” is “\(function)”; known are \(known)")
    }
    if try json.flag("use_residual", default: false) {
      throw ModelError("\(json.source): “use_residual” is true; a dense module with a residual is not done here")
    }
    let step = DenseStep(
      inputs: try json.integer("in_features"), outputs: try json.integer("out_features"),
      bias: try json.flag("bias", default: true), activation: activation)
    try step.load(CheckpointFolder(place), dtype: .float32, on: device)
    return step
  }
}
