// Prefix tuning (Li and Liang, Prefix-Tuning: Optimizing Continuous Prompts for Generation, 2021).
// Letters: P virtual tokens, N attentions, W numbers of a key, D the model's width.

import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardSettings
import OrchardTensors

/// Settings of prefix tuning.
public struct PrefixTuningSettings: PromptAdapterSettings, Equatable {
  /// Keys and values that are learned for each attention, P.
  public var virtualTokens = 20
  /// The width within the network that makes them; nil learns them themselves.
  public var hiddenWidth: Int?

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "Prefix tuning: P keys and values before those of every attention (Li and Liang 2021)."
  /// What training goes on from, where a network makes the keys and values.
  public static let trainingFile: String? = "prompt_encoder.safetensors"
  /// PREFIX_TUNING.
  public static let peftType = "PREFIX_TUNING"

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("virtual-tokens", \.virtualTokens, "Keys and values an attention: usually 20 to 100.", .range(1...)),
      Field(
        "hidden-width", \.hiddenWidth,
        "The width within the network that makes them, steadier to train; empty learns them themselves.", .range(1...)),
    ]
  }

  /// P · 2N · W numbers, or a vector of W numbers for each of P that a network makes them of.
  public func makePrompt(on model: any LanguageModel) -> SoftPrompt {
    let shape = model.prefixShape
    let whole = 2 * shape.slots * shape.width
    guard let hiddenWidth else {
      return SoftPrompt(Parameter([virtualTokens, whole], start: .constant(0)), slots: shape.slots)
    }
    return SoftPrompt(
      Parameter([virtualTokens, shape.width], start: .constant(0)),
      encoder: PromptEncoder(width: shape.width, inner: hiddenWidth, output: whole), slots: shape.slots)
  }

  /// Normally distributed numbers, as peft's.
  public func beginning(on model: any LanguageModel, encode: ((String) -> [Int])?) throws -> Tensor {
    let shape = model.prefixShape
    return .normal([virtualTokens, hiddenWidth == nil ? 2 * shape.slots * shape.width : shape.width], deviation: 1)
  }

  /// The keys of peft's PrefixTuningConfig.
  ///
  /// For an encoder-decoder peft learns the decoder's alone, the same for attention to itself and to the source; the
  /// paper's three are told by a `num_transformer_submodules` of 3, which peft does not load.
  public func configuration(on model: any LanguageModel) -> [(String, JSONValue)] {
    let shape = model.prefixShape
    let isDecoder = model.properties.kind == .decoderOnly
    return [
      ("num_virtual_tokens", .integer(virtualTokens)), ("token_dim", .integer(shape.width)),
      ("num_transformer_submodules", .integer(isDecoder ? 1 : 3)), ("num_attention_heads", .integer(shape.heads)),
      ("num_layers", .integer(shape.slots)), ("prefix_projection", .bool(hiddenWidth != nil)),
      ("encoder_hidden_size", .integer(hiddenWidth ?? shape.width)),
    ]
  }

  /// The settings in peft's PrefixTuningConfig.
  public init(_ configuration: AdapterConfiguration) throws {
    guard configuration.json["num_transformer_submodules"]?.int != 2 else {
      throw AdapterError(
        "\(configuration.source): a prefix for the decoder alone, as peft learns it beside an encoder-decoder, is not done "
          + "here; learn one anew, which the encoder and the attention to the source have as well")
    }
    try configuration.refuse([("modules_to_save", nil)])
    virtualTokens = try configuration.integer("num_virtual_tokens")
    // What the network made is all that peft keeps.
    hiddenWidth = Self.holdsTrainingFile(configuration) ? configuration.json["encoder_hidden_size"]?.int : nil
  }
}
