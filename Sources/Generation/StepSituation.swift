/// What logit steps are made for: a model's vocabulary and end tokens, and the settings around them.
public struct StepSituation: Sendable {
  /// The number of token ids.
  public var vocabularySize: Int
  /// The tokens that end a text.
  public var endTokens: [Int]
  /// All settings of the generation.
  public var settings: GenerationSettings
  /// Turns text into tokens, without special ones; nil where there is no tokenizer.
  public var encode: (@Sendable (String) -> [Int])?

  /// A situation.
  public init(
    vocabularySize: Int, endTokens: [Int], settings: GenerationSettings,
    encode: (@Sendable (String) -> [Int])? = nil
  ) {
    self.vocabularySize = vocabularySize
    self.endTokens = endTokens
    self.settings = settings
    self.encode = encode
  }

  /// How many tokens a filter has to leave.
  ///
  /// Beams that draw need one that goes on beside all that end.
  public var leastKept: Int { settings.beams > 1 ? endTokens.count + 1 : 1 }

  /// Throws unless every token is in the vocabulary.
  func check(_ tokens: [Int], setting: String) throws {
    if let wrong = tokens.first(where: { !(0..<vocabularySize).contains($0) }) {
      throw GenerationError(
        "\(setting) names the token id \(wrong), but the model knows only ids below \(vocabularySize)")
    }
  }
}
