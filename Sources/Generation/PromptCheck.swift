import OrchardModels

/// What is checked of a prompt before a model reads it.
enum PromptCheck {
  /// The prompt, begun with the start token where it was empty.
  ///
  /// - Throws: `GenerationError` for an unknown token, or an empty prompt where the model knows no start token.
  static func checked(_ prompt: TokenPrompt, number: Int, _ properties: ModelProperties) throws -> TokenPrompt {
    if let wrong = prompt.tokens.first(where: { !(0..<properties.vocabularySize).contains($0) }) {
      throw GenerationError(
        "prompt \(number) holds the token id \(wrong), but the model knows only ids below "
          + "\(properties.vocabularySize): tokenizer and model do not belong together")
    }
    guard prompt.tokens.isEmpty else { return prompt }
    guard properties.kind == .decoderOnly, let start = properties.startToken else {
      throw GenerationError("prompt \(number) is empty, and the model knows no token to begin a text with")
    }
    return TokenPrompt([start], sample: prompt.sample, adapter: prompt.adapter)
  }

  /// How many tokens a prompt may get.
  ///
  /// - Throws: `GenerationError` where the prompt leaves no room in the context, or nothing bounds the length.
  static func limit(
    promptLength: Int, number: Int, settings: GenerationSettings, configuration: GenerationConfiguration,
    _ properties: ModelProperties
  ) throws -> TokenLimit {
    // An encoder–decoder's answer has a sequence of its own.
    let taken = properties.kind == .decoderOnly ? promptLength : 0
    var limits: [TokenLimit] = []
    if let count = settings.maxNewTokens {
      limits.append(TokenLimit(count, from: .setting))
    } else if let count = configuration.maxNewTokens ?? configuration.maxLength.map({ $0 - taken }) {
      guard count > 0 else {
        throw GenerationError(
          "prompt \(number) has \(promptLength) tokens, but generation_config.json allows "
            + "\(configuration.maxLength ?? 0) for prompt and answer together: give max-new-tokens")
      }
      limits.append(TokenLimit(count, from: .checkpoint))
    }
    if let context = properties.contextLength {
      guard promptLength <= context, taken < context else {
        throw GenerationError(
          "prompt \(number) has \(promptLength) tokens, but the model's context holds \(context)"
            + (taken == context ? ": it leaves no room for an answer" : "") + "; shorten the prompt")
      }
      limits.append(TokenLimit(context - taken, from: .context(context, prompt: taken)))
    }
    guard let least = limits.min(by: { $0.count < $1.count }) else {
      throw GenerationError("nothing bounds the length of this model's answers: give max-new-tokens")
    }
    return least
  }
}
