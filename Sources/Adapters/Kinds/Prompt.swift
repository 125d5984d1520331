// Prompt tuning (Lester, Al-Rfou and Constant, The Power of Scale for Parameter-Efficient Prompt Tuning, 2021).
// Letters: P virtual tokens, D width, V vocabulary.

import OrchardJSON
import OrchardModels
import OrchardSettings
import OrchardTensors

/// What the vectors of a soft prompt begin with.
public enum PromptBeginning: String, NamedChoice {
  /// Vectors of tokens drawn from the first 5,000 of the vocabulary.
  case vocabulary
  /// Vectors of the tokens of a text, over and over where they are fewer.
  case text
  /// Numbers evenly within ±0.5.
  case random
}

/// Settings of prompt tuning.
public struct PromptTuningSettings: PromptAdapterSettings, Equatable {
  /// Vectors that are learned, P.
  public var virtualTokens = 20
  /// Whether an encoder-decoder's decoder reads as many of its own before its start token.
  public var isInDecoder = false
  /// Vectors behind those that are read, in a folder that peft wrote beside an encoder-decoder.
  public var unreadVectors = 0
  /// What they begin with.
  public var beginning = PromptBeginning.vocabulary
  /// The text that they begin with.
  public var text: String?

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "Prompt tuning: P · D numbers that are read before every text (Lester and others 2021)."
  /// PROMPT_TUNING.
  public static let peftType = "PROMPT_TUNING"

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("virtual-tokens", \.virtualTokens, "Vectors that are learned: usually 20 to 100.", .range(1...)),
      Field(
        "in-decoder", \.isInDecoder, "Encoder-decoders: whether the decoder reads as many of its own before it writes."),
      Field("beginning", \.beginning, "What they begin with."),
      Field("text", \.text, "The text whose tokens they begin with."),
    ]
  }

  /// A beginning without its text, and the other way round.
  public var complaints: [SettingsComplaint] {
    if beginning == .text, text?.isEmpty != false {
      return [SettingsComplaint("text", "is missing: the text to begin with")]
    }
    if beginning != .text, text != nil { return [SettingsComplaint("text", "is for beginning: text")] }
    return []
  }

  /// The vectors' beginning.
  public func beginning(on model: any LanguageModel, encode: ((String) -> [Int])?) throws -> Tensor {
    var ids: [Int]
    switch beginning {
    case .random: return .uniform([vectorCount, model.properties.width]) - 0.5
    case .vocabulary:
      let count = min(5_000, model.properties.vocabularySize)
      ids = Tensor.uniform([vectorCount]).floats.map { min(Int($0 * Float(count)), count - 1) }
    case .text:
      guard let encode else { throw AdapterError("a soft prompt that begins with a text needs a tokenizer") }
      let tokens = encode(text ?? "")
      guard !tokens.isEmpty else {
        throw AdapterError("adapter.text has no tokens; write a text that describes the task")
      }
      ids = (0..<vectorCount).map { tokens[$0 % tokens.count] }
    }
    return withoutGradients { model.tokenVectors(Tensor(ids, on: model.device)).detached.copied }
  }

  /// The keys of peft's PromptTuningConfig.
  public func configuration(on model: any LanguageModel) -> [(String, JSONValue)] {
    [
      ("num_virtual_tokens", .integer(virtualTokens)), ("token_dim", .integer(model.properties.width)),
      ("num_transformer_submodules", 1), ("prompt_tuning_init", "RANDOM"),
    ] + decoderKeys
  }

  /// The settings in peft's PromptTuningConfig.
  public init(_ configuration: AdapterConfiguration) throws {
    try configuration.refuse([("modules_to_save", nil)])
    virtualTokens = try configuration.integer("num_virtual_tokens")
    isInDecoder = try configuration.flag(Self.decoderKey)
    unreadVectors = try isInDecoder ? 0 : configuration.unreadHalves * virtualTokens
  }
}
