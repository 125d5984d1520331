// P-tuning (Liu and others, GPT Understands, Too, 2021): a soft prompt that a small network makes.
// Letters: P virtual tokens, D width.

import Foundation
import OrchardJSON
import OrchardModels
import OrchardSettings
import OrchardTensors

/// Settings of P-tuning.
public struct PTuningSettings: PromptAdapterSettings, Equatable {
  /// Vectors that are learned, P.
  public var virtualTokens = 20
  /// Whether an encoder-decoder's decoder reads as many of its own before its start token.
  public var isInDecoder = false
  /// Vectors behind those that are read, in a folder that peft wrote beside an encoder-decoder.
  public var unreadVectors = 0
  /// The width within the network; nil takes the model's.
  public var hiddenWidth: Int?
  /// Whether the network is there; a folder that peft wrote has what it made alone.
  var isEncoded = true

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "P-tuning: a soft prompt made by three linear layers, learned with it (Liu and others 2021)."
  /// The network, which peft does not keep.
  public static let trainingFile: String? = "prompt_encoder.safetensors"
  /// P_TUNING.
  public static let peftType = "P_TUNING"

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("virtual-tokens", \.virtualTokens, "Vectors that are learned: usually 20 to 100.", .range(1...)),
      Field(
        "in-decoder", \.isInDecoder, "Encoder-decoders: whether the decoder reads as many of its own before it writes."),
      Field("hidden-width", \.hiddenWidth, "The width within the network; empty takes the model's.", .range(1...)),
    ]
  }

  /// The network.
  public func makeEncoder(width: Int) -> PromptEncoder? {
    isEncoded ? PromptEncoder(width: width, inner: hiddenWidth ?? width) : nil
  }

  /// Normally distributed numbers, as peft's.
  public func beginning(on model: any LanguageModel, encode: ((String) -> [Int])?) throws -> Tensor {
    .normal([vectorCount, model.properties.width], deviation: 1)
  }

  /// The keys of peft's PromptEncoderConfig.
  public func configuration(on model: any LanguageModel) -> [(String, JSONValue)] {
    [
      ("num_virtual_tokens", .integer(virtualTokens)), ("token_dim", .integer(model.properties.width)),
      ("num_transformer_submodules", 1), ("encoder_reparameterization_type", "MLP"),
      ("encoder_hidden_size", .integer(hiddenWidth ?? model.properties.width)), ("encoder_num_layers", 2),
      ("encoder_dropout", 0),
    ] + decoderKeys
  }

  /// The settings in peft's PromptEncoderConfig.
  public init(_ configuration: AdapterConfiguration) throws {
    try configuration.refuse([("modules_to_save", nil)])
    virtualTokens = try configuration.integer("num_virtual_tokens")
    isInDecoder = try configuration.flag(Self.decoderKey)
    unreadVectors = try isInDecoder ? 0 : configuration.unreadHalves * virtualTokens
    hiddenWidth = configuration.json["encoder_hidden_size"]?.int
    isEncoded = Self.holdsTrainingFile(configuration)
  }
}
