import OrchardLayers

/// One architecture: how a model of it is made from its configuration.
public struct Architecture: Sendable {
  /// The name in `config.json` under `model_type`.
  public let name: String
  /// Makes a model without memory from a configuration.
  ///
  /// The closure throws `ModelError` where the configuration is wrong.
  public let make: @Sendable (ModelConfiguration) throws -> any LanguageModel

  /// An architecture of this name.
  public init(_ name: String, make: @escaping @Sendable (ModelConfiguration) throws -> any LanguageModel) {
    self.name = name
    self.make = make
  }

  /// Every architecture that can be read: one line each.
  public static let all: [Architecture] = [
    Architecture("bart") { try BART(BARTConfiguration($0)) },
    Architecture("gemma") { try Decoder(.gemma($0)) },
    Architecture("gemma2") { try Decoder(.gemma2($0)) },
    Architecture("gpt2") { try Decoder(.gpt2($0)) },
    Architecture("gpt_neox") { try Decoder(.gptNeoX($0)) },
    Architecture("llama") { try Decoder(.llama($0)) },
    Architecture("mistral") { try Decoder(.mistral($0)) },
    Architecture("mt5") { try T5(T5Configuration.multilingual($0)) },
    Architecture("qwen2") { try Decoder(.qwen2($0)) },
    Architecture("qwen3") { try Decoder(.qwen3($0)) },
    Architecture("t5") { try T5(T5Configuration($0)) },
  ]

  /// Makes a model without memory from a configuration.
  ///
  /// - Throws: `ModelError` for an unknown architecture, with those that are known, or a wrong configuration.
  public static func model(_ configuration: ModelConfiguration) throws -> any LanguageModel {
    let name = try configuration.architecture
    guard let architecture = all.first(where: { $0.name == name }) else {
      if EncoderArchitecture.named(name) != nil {
        throw ModelError(
          "\(configuration.source): a \(name) is a text encoder and writes no text; it can embed texts, and classify "
            + "them or fill masks where it has the head for it")
      }
      throw ModelError(
        "\(configuration.source): the architecture “\(name)” is not known; "
          + "known are \(all.map(\.name).joined(separator: ", "))")
    }
    return try architecture.make(configuration)
  }
}
