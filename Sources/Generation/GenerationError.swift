/// What can go wrong while generating, told for people.
public struct GenerationError: Error, Equatable, CustomStringConvertible {
  /// The whole sentence: what was wrong, and the way out.
  public let description: String

  /// The prompt, from 0, for which a model gave logits that are no numbers.
  var promptWithoutNumbers: Int?

  /// An error with its sentence.
  public init(_ description: String) { self.description = description }

  /// Throws if a model's logits were no numbers.
  static func checkNumber(_ logProbability: Float, prompt: Int, position: Int) throws {
    guard logProbability.isNaN else { return }
    var error = noNumber(token: position, of: "prompt \(prompt + 1)")
    error.promptWithoutNumbers = prompt
    throw error
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
