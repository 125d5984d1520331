import Foundation
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// How likely a model finds texts: continuations of a context, choices, or whole texts.
///
/// ```swift
/// let scorer = try TextScorer(folder: folder)
/// let sky = try scorer.score("The sky is", " blue")
/// print(sky.sum, sky.isGreedy)
/// ```
///
/// Texts become tokens as in lm-evaluation-harness. For a decoder, context and continuation are encoded as one text and
/// parted where the context's own tokens end; white space at the end of the context is moved to the continuation. An
/// empty context is the token that begins texts. For an encoder–decoder, the context is the source and the continuation
/// the answer, encoded apart.
public struct TextScorer {
  /// The model, its tokenizer and how prompts become tokens.
  public let generator: TextGenerator

  /// A scorer over a generator's model and tokenizer.
  public init(_ generator: TextGenerator) { self.generator = generator }

  /// Loads a Hugging Face folder.
  ///
  /// - Throws: an error that names the file and what is wrong with it.
  public init(folder: URL, dtype: DType? = nil, on device: Device = .cpu) throws {
    try self.init(folder: folder, .plain(dtype), on: device)
  }

  /// Loads a Hugging Face folder with its weights in a format.
  ///
  /// - Throws: an error that names the file and what is wrong with it.
  public init(folder: URL, _ format: WeightFormat, on device: Device = .cpu) throws {
    self.init(try TextGenerator(folder: folder, format, on: device))
  }

  /// How likely the model finds `continuation` after `context`.
  ///
  /// - Throws: `GenerationError` for a continuation without tokens, or too long.
  public func score(_ context: String, _ continuation: String) throws -> LogLikelihood {
    try score([(context, continuation)])[0]
  }

  /// How likely the model finds each continuation after its context, in their order.
  ///
  /// - Parameters:
  ///   - pairs: Contexts and continuations.
  ///   - batchSize: Continuations that are computed side by side; the numbers do not depend on it.
  ///   - report: Called with the number of continuations so far; may throw to end the work.
  /// - Returns: The numbers of each continuation, in their order.
  /// - Throws: `GenerationError` for a continuation without tokens, or too long.
  public func score(
    _ pairs: [(context: String, continuation: String)], batchSize: Int = 8, report: (Int) throws -> Void = { _ in }
  ) throws -> [LogLikelihood] {
    try LogLikelihood.of(
      pairs.map { try tokens(of: $0.continuation, after: $0.context) }, by: generator.model, batchSize: batchSize,
      report: report)
  }

  /// How likely the model finds each of several choices after a context.
  ///
  /// - Throws: `GenerationError` for a choice without tokens, or too long.
  public func choose(_ context: String, among choices: [String]) throws -> ScoredChoices {
    ScoredChoices(choices, likelihoods: try score(choices.map { (context, $0) }, batchSize: max(1, choices.count)))
  }

  /// How likely the model finds whole texts, read in windows.
  ///
  /// - Parameters:
  ///   - texts: The texts.
  ///   - window: How long texts are read; nil for windows as long as the model's context, one after another.
  ///   - batchSize: Windows that are computed side by side; the numbers do not depend on it.
  ///   - report: Called with the number of tokens so far and of all; may throw to end the work.
  /// - Returns: The numbers of each text, in their order.
  /// - Throws: `GenerationError` for an encoder–decoder, and for a window longer than the context.
  public func score(
    texts: [String], window: RollingWindow? = nil, batchSize: Int = 8, report: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> [RollingLogLikelihood] {
    let window = try window ?? defaultWindow()
    try check(window)
    let prefix = try prefixToken()
    var windows: [TokenContinuation] = []
    var owners: [Int] = []
    var results: [RollingLogLikelihood] = []
    for (index, text) in texts.enumerated() {
      let tokens = generator.tokenizer.encodeIDs(text, addSpecialTokens: false)
      let parts = window.continuations(of: tokens, prefix: prefix)
      windows += parts
      owners += parts.map { _ in index }
      results.append(
        RollingLogLikelihood(sum: 0, tokens: tokens.count, words: Self.words(in: text), bytes: text.utf8.count))
    }
    // A window's tokens are told as they are done: the longest windows come first.
    let total = results.reduce(0) { $0 + $1.tokens }
    try report(0, total)
    let scores = try LogLikelihood.of(windows, by: generator.model, batchSize: batchSize) { done in
      try report(windows.isEmpty ? total : total * done / windows.count, total)
    }
    for (owner, score) in zip(owners, scores) { results[owner].sum += score.sum }
    return results
  }

  /// Windows as long as the model's context, or of 2,048 tokens where it has no bound.
  ///
  /// - Throws: `GenerationError` for a stride longer than that.
  public func defaultWindow(stride: Int? = nil) throws -> RollingWindow {
    try RollingWindow(length: generator.model.properties.contextLength ?? 2048, stride: stride)
  }

  /// The tokens of a continuation and of its context.
  ///
  /// - Throws: `GenerationError` where the context is empty and there is no token to begin with.
  public func tokens(of continuation: String, after context: String) throws -> TokenContinuation {
    let kept = String(String.UnicodeScalarView(context.unicodeScalars.droppingTrailingSpace))
    let moved = String(context.unicodeScalars.suffix(context.unicodeScalars.count - kept.unicodeScalars.count))
    let whole = moved + continuation
    let tokenizer = generator.tokenizer
    switch generator.model.properties.kind {
    case .encoderDecoder:
      return TokenContinuation(
        tokenizer.encodeIDs(whole, addSpecialTokens: false), after: generator.tokens(of: kept))
    case .decoderOnly:
      if kept.isEmpty {
        return TokenContinuation(tokenizer.encodeIDs(whole, addSpecialTokens: false), after: [try prefixToken()])
      }
      let contextTokens = generator.tokens(of: kept)
      return TokenContinuation(
        Array(generator.tokens(of: kept + whole).dropFirst(contextTokens.count)), after: contextTokens)
    }
  }

  /// The token before a text's first: the beginning token, else an end token.
  private func prefixToken() throws -> Int {
    let properties = generator.model.properties
    let known = [generator.tokenizer.beginningID, properties.startToken, generator.tokenizer.endID]
    guard let token = known.compactMap({ $0 }).first ?? properties.endTokens.first else {
      throw GenerationError("neither tokenizer nor model names a token that begins or ends a text: give a context")
    }
    return token
  }

  private func check(_ window: RollingWindow) throws {
    let properties = generator.model.properties
    guard properties.kind == .decoderOnly else {
      throw GenerationError(
        "the \(properties.architecture) is an encoder–decoder, which gives a text no probability of its own: score a "
          + "continuation after a context, or take a decoder-only model")
    }
    if let most = properties.contextLength, window.length > most {
      throw GenerationError("a window of \(window.length) tokens is longer than the model's context of \(most)")
    }
  }

  /// The pieces between runs of white space, an empty one at either end included.
  static func words(in text: String) -> Int {
    var count = 1
    var inside = false
    for scalar in text.unicodeScalars {
      let isSpace = scalar.countsAsSpace
      if isSpace, !inside { count += 1 }
      inside = isSpace
    }
    return count
  }
}

extension Unicode.Scalar {
  /// White space as Python's `str.isspace` has it: Unicode's and the four separators of ASCII.
  fileprivate var countsAsSpace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }
}

extension String.UnicodeScalarView {
  fileprivate var droppingTrailingSpace: Substring.UnicodeScalarView {
    guard let last = lastIndex(where: { !$0.countsAsSpace }) else { return self[startIndex..<startIndex] }
    return self[...last]
  }
}
