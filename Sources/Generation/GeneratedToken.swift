/// One new token of one prompt's text.
public struct GeneratedToken: Sendable {
  /// Which prompt it belongs to, counted from 0.
  public let prompt: Int
  /// Which of the prompt's texts it belongs to, counted from 0.
  public let sequence: Int
  /// The token's id.
  public let token: Int
  /// Its log-probability in the model's own distribution, in nats.
  public let logProbability: Float
  /// Its log-probability in the distribution that it was chosen from, after the logit steps, in nats.
  public let chosenLogProbability: Float
  /// The likeliest tokens of the model's own distribution in its place, as many as `top-logprobs` asks for.
  public let alternatives: [TokenAlternative]
  /// The text that is certain since the last token; what may yet become a stop string is held back.
  public let text: String
  /// Why the prompt's text ends here, or nil where it goes on.
  public let finish: FinishReason?
}

extension GeneratedToken {
  init(prompt: Int, sequence: Int, _ choice: TokenChoice, text: String, finish: FinishReason?) {
    self.init(
      prompt: prompt, sequence: sequence, token: choice.token, logProbability: choice.logProbability,
      chosenLogProbability: choice.chosenLogProbability, alternatives: choice.alternatives, text: text, finish: finish)
  }
}

/// A token that might have been chosen.
public struct TokenAlternative: Sendable, Hashable {
  /// The token's id.
  public let token: Int
  /// Its log-probability in the model's own distribution, in nats.
  public let logProbability: Float
}

/// A finished text in tokens.
public struct GeneratedSequence: Sendable {
  /// The new tokens, with the end token where there is one.
  public internal(set) var tokens: [Int] = []
  /// The log-probability of each in the model's own distribution, in nats.
  public internal(set) var logProbabilities: [Float] = []
  /// The log-probability of each in the distribution that it was chosen from, in nats.
  public internal(set) var chosenLogProbabilities: [Float] = []
  /// For each token the likeliest ones in its place; empty unless `top-logprobs` asks for them.
  public internal(set) var alternatives: [[TokenAlternative]] = []
  /// The text without special tokens and without the stop string; empty where no tokenizer was given.
  public internal(set) var text = ""
  /// Why it ended.
  public internal(set) var finish: FinishReason = .length
  /// Beam search's score: the sum of log-probabilities over a power of the length.
  public internal(set) var score: Float?
  /// How many tokens were drafted, and how many of them kept.
  public internal(set) var drafts = DraftCount()
}

extension GeneratedSequence {
  /// Adds a token, and the text that has become certain with it.
  mutating func append(_ choice: TokenChoice, _ piece: String, _ reason: FinishReason?) {
    tokens.append(choice.token)
    logProbabilities.append(choice.logProbability)
    chosenLogProbabilities.append(choice.chosenLogProbability)
    if !choice.alternatives.isEmpty { alternatives.append(choice.alternatives) }
    text += piece
    if let reason { finish = reason }
  }
}
