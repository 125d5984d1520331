import Foundation

/// How likely a model finds a whole text, each of its tokens scored once.
public struct RollingLogLikelihood: Sendable, Equatable {
  /// The text's log-probability, in nats.
  public var sum: Double
  /// The number of tokens scored.
  public var tokens: Int
  /// The number of words as lm-evaluation-harness counts them: the pieces between runs of white space.
  public var words: Int
  /// The number of UTF-8 bytes.
  public var bytes: Int

  /// The numbers of a text.
  public init(sum: Double, tokens: Int, words: Int, bytes: Int) {
    (self.sum, self.tokens, self.words, self.bytes) = (sum, tokens, words, bytes)
  }

  /// exp of the mean negative log-probability of a token.
  public var tokenPerplexity: Double { exp(-sum / Double(max(tokens, 1))) }
  /// exp of the mean negative log-probability of a word: comparable over tokenizers.
  public var wordPerplexity: Double { exp(-sum / Double(max(words, 1))) }
  /// exp of the mean negative log-probability of a byte: comparable over tokenizers.
  public var bytePerplexity: Double { exp(-sum / Double(max(bytes, 1))) }
  /// The mean negative log-probability of a byte, in bits.
  public var bitsPerByte: Double { -sum / Double(max(bytes, 1)) / log(2) }

  /// Several texts as one.
  public static func + (a: Self, b: Self) -> Self {
    Self(sum: a.sum + b.sum, tokens: a.tokens + b.tokens, words: a.words + b.words, bytes: a.bytes + b.bytes)
  }
}

/// How a text that is longer than a model's context is read.
public struct RollingWindow: Sendable, Equatable {
  /// The most tokens that the model reads at once.
  public let length: Int
  /// How many further tokens each window but the first scores; the rest of it is context for them.
  public let stride: Int

  /// Windows of `length` tokens that go on by `stride`; equal to the length where it is not given.
  ///
  /// - Throws: `GenerationError` for a stride outside 1 … length.
  public init(length: Int, stride: Int? = nil) throws {
    let stride = stride ?? length
    guard length > 0, (1...length).contains(stride) else {
      throw GenerationError(
        "a window of \(length) tokens cannot go on by \(stride): the stride is a number from 1 to the window's length")
    }
    self.length = length
    self.stride = stride
  }

  /// The windows of a text: the first token is predicted from `prefix`, every token exactly once.
  ///
  /// Followed: lm-evaluation-harness, whose windows do not overlap by default. The last window reaches back as far as
  /// fits.
  public func continuations(of tokens: [Int], prefix: Int) -> [TokenContinuation] {
    var windows: [TokenContinuation] = []
    var scored = min(length, tokens.count)
    if scored > 0 { windows.append(TokenContinuation(Array(tokens[..<scored]), after: [prefix])) }
    while scored < tokens.count {
      let end = min(scored + stride, tokens.count)
      // The window reads all but its last token: `length` of them, of which the scored ones are read but one.
      windows.append(TokenContinuation(Array(tokens[scored..<end]), after: Array(tokens[end - length - 1..<scored])))
      scored = end
    }
    return windows
  }
}
