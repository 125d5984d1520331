/// What can go wrong while generating, told for people.
public struct GenerationError: Error, Equatable, CustomStringConvertible {
  /// The whole sentence: what was wrong, and the way out.
  public let description: String

  /// An error with its sentence.
  public init(_ description: String) { self.description = description }

  /// Throws if a model's logits were no numbers.
  static func checkNumber(_ logProbability: Float, prompt: Int, position: Int) throws {
    if logProbability.isNaN { throw noNumber(token: position, of: "prompt \(prompt + 1)") }
  }

  /// The error for logits that are no numbers.
  static func noNumber(token: Int, of what: String) -> GenerationError {
    GenerationError(
      "the model gave no number for token \(token + 1) of \(what): its weights are damaged, "
        + "or its numbers overflowed (try --dtype fp32)")
  }

  /// Throws if the logit steps left no token to choose.
  static func checkChoice(_ logProbability: Float, prompt: Int, position: Int) throws {
    if logProbability.isNaN || logProbability == -.infinity {
      throw GenerationError(
        "no token is left for place \(position + 1) of prompt \(prompt + 1): the settings rule out the whole "
          + "vocabulary there (suppress-tokens, bad-words, no-repeat-ngram-size, forced tokens); allow more")
    }
  }
}
