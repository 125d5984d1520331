import Foundation
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardSettings
import OrchardTensors

/// Settings that make an adapter: a kind of learning few parameters beside a model's own.
public protocol AdapterSettings: SettingsGroup {
  /// The file of a folder with what training goes on from, where what peft reads does not tell it.
  static var trainingFile: String? { get }
  /// What peft calls the kind: `LORA`.
  static var peftType: String { get }
  /// The settings in an `adapter_config.json`.
  ///
  /// - Throws: `AdapterError` that names a key whose value is not known here.
  init(_ configuration: AdapterConfiguration) throws
}

/// Settings of an adapter that is attached to linear layers.
public protocol LayerAdapterSettings: AdapterSettings {
  /// Which layers it is attached to.
  var targets: TargetSettings { get set }
  /// Parts of the model, by name or the end of it, of which a copy is trained as a whole.
  var modulesToSave: [String] { get }
  /// The roles of the layers that it is attached to where no targets are given.
  var usualRoles: Set<String> { get }
  /// Names of layers, or the ends of names, that settings beside the targets hold, by the key that they stand under.
  var mentioned: [(setting: String, names: [String])] { get }
  /// What is learned beside one layer, its starting numbers not there yet.
  ///
  /// - Throws: `AdapterError` for a size that the layer does not allow.
  func makePart(for layer: AdaptableLayer) throws -> any AdapterPart
  /// Gives what is learned beside a layer its starting numbers, from the engine's random numbers.
  func initialize(_ part: any AdapterPart)
  /// The kind's own keys of peft's `adapter_config.json`, for the layers that it is attached to, which `names` mean.
  func configuration(for layers: [AdaptableLayer], named names: [String]) -> [(String, JSONValue)]
}

/// Settings of an adapter that learns vectors that are read before everything else.
public protocol PromptAdapterSettings: AdapterSettings {
  /// How many vectors.
  var virtualTokens: Int { get }
  /// Whether an encoder-decoder's decoder reads as many of its own before its start token.
  var isInDecoder: Bool { get }
  /// Vectors that the weights have behind those that are read.
  var unreadVectors: Int { get }
  /// What makes the vectors that are read of those that are learned, its numbers not there yet; nil for nothing.
  func makeEncoder(width: Int) -> PromptEncoder?
  /// The prompt, its numbers not there yet.
  func makePrompt(on model: any LanguageModel) -> SoftPrompt
  /// The vectors' beginning `[P, D]`, those of the decoder behind the others, from the engine's random numbers or from
  /// tokens, which `encode` makes of a text.
  ///
  /// - Throws: `AdapterError` where there is no `encode` and the settings begin with a text.
  func beginning(on model: any LanguageModel, encode: ((String) -> [Int])?) throws -> Tensor
  /// The kind's own keys of peft's `adapter_config.json`.
  func configuration(on model: any LanguageModel) -> [(String, JSONValue)]
}

extension AdapterSettings {
  /// What is read tells it, unless the kind says otherwise.
  public static var trainingFile: String? { nil }

  /// Whether the folder of a configuration holds what training goes on from.
  static func holdsTrainingFile(_ configuration: AdapterConfiguration) -> Bool {
    let folder = URL(filePath: configuration.source).deletingLastPathComponent()
    return trainingFile.map { FileManager.default.fileExists(atPath: folder.appending(path: $0).path) } ?? false
  }
}

extension LayerAdapterSettings {
  /// No part is trained as a whole, unless the kind lets one choose some.
  public var modulesToSave: [String] { [] }
}

extension PromptAdapterSettings {
  /// Vectors are read as they are learned, unless the kind says otherwise.
  public func makeEncoder(width: Int) -> PromptEncoder? { nil }

  /// Vectors of the model's width, unless the kind says otherwise.
  public func makePrompt(on model: any LanguageModel) -> SoftPrompt {
    let width = model.properties.width
    return SoftPrompt(
      Parameter([vectorCount, width], start: .constant(0)), encoder: makeEncoder(width: width),
      decoderCount: isInDecoder ? virtualTokens : 0)
  }

  /// The key by which a folder tells that the decoder reads vectors too, which peft has no word for: with twice as many
  /// as it expects it refuses them.
  static var decoderKey: String { "in_decoder" }

  /// That key, where it is needed.
  var decoderKeys: [(String, JSONValue)] { isInDecoder ? [(Self.decoderKey, .bool(true))] : [] }

  /// None, unless the kind says otherwise.
  public var unreadVectors: Int { 0 }

  /// The encoder alone reads vectors, unless the kind says otherwise.
  public var isInDecoder: Bool { false }

  /// All vectors, those of the decoder included.
  var vectorCount: Int { isInDecoder ? 2 * virtualTokens : virtualTokens }
}

/// The adapter of a recipe: a kind and its settings.
public struct AdapterChoice: SettingsChoice {
  /// The kinds.
  public static var catalog: Catalog<any SettingsGroup.Type> { AdapterKinds.catalog }
  /// The chosen kind's settings.
  public let settings: any SettingsGroup

  /// A choice.
  public init(_ settings: any SettingsGroup) { self.settings = settings }

  /// The settings as an adapter's.
  ///
  /// - Throws: `AdapterError` where the chosen group makes no adapter: a fault in the catalog.
  public func adapter() throws -> any AdapterSettings {
    guard let settings = settings as? any AdapterSettings else {
      throw AdapterError("the adapter “\(kind)” cannot be made")
    }
    return settings
  }
}

/// Every kind of adapter there is: one file in `Kinds/` and one line here each.
public enum AdapterKinds {
  /// The kinds by name.
  public static let catalog = Catalog<any SettingsGroup.Type>(
    of: "adapter",
    [
      .init("lora", "Low-rank matrices beside linear layers; with options for rsLoRA and DoRA.", LoRASettings.self),
      .init(
        "ia3", "A factor for each output of keys and values and each input of feed-forward parts.", IA3Settings.self),
      .init(
        "bottleneck", "Small networks behind attention and feed-forward parts: Houlsby's, Pfeiffer's.",
        BottleneckSettings.self),
      .init("p-tuning", "Such vectors, made by a small network that is learned too: P-tuning.", PTuningSettings.self),
      .init(
        "prefix", "Keys and values before those of every attention: prefix tuning.", PrefixTuningSettings.self),
      .init("prompt", "Vectors that are read before every text: prompt tuning.", PromptTuningSettings.self),
    ])

  /// The kind that peft calls `type`.
  static func kind(_ type: String) -> (any AdapterSettings.Type)? {
    catalog.entries.lazy.compactMap { $0.value as? any AdapterSettings.Type }.first { $0.peftType == type }
  }
}
