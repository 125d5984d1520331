import OrchardModels
import OrchardTensors

/// How likely a model finds a continuation, token by token.
public struct LogLikelihood: Sendable, Equatable {
  /// The continuation's tokens.
  public let tokens: [Int]
  /// The log-probability of each, in nats, given everything before it.
  public let logProbabilities: [Float]
  /// Whether greedy decoding would give these very tokens.
  public let isGreedy: Bool
  /// How many of the context's first tokens were left out because the model's context did not hold them.
  public let cutTokens: Int

  /// The numbers of a continuation.
  package init(tokens: [Int], logProbabilities: [Float], isGreedy: Bool = false, cutTokens: Int = 0) {
    self.tokens = tokens
    self.logProbabilities = logProbabilities
    self.isGreedy = isGreedy
    self.cutTokens = cutTokens
  }

  /// The continuation's log-probability, in nats.
  public var sum: Double { logProbabilities.reduce(0) { $0 + Double($1) } }
}

/// A continuation in tokens, and what stands before it.
public struct TokenContinuation: Sendable, Hashable {
  /// What is given: an encoder's source, or a decoder's beginning.
  public var context: [Int]
  /// What is scored.
  public var tokens: [Int]

  /// A continuation of a context.
  public init(_ tokens: [Int], after context: [Int]) {
    self.tokens = tokens
    self.context = context
  }
}

extension LogLikelihood {
  /// How likely `model` finds each of some continuations, in their order.
  ///
  /// Continuations of about the same length share a batch, the longest first. Several continuations of one context are
  /// computed after one reading of it; an encoder–decoder reads each context once. The numbers depend neither on the
  /// batch nor on padding, and logits are never whole: they are made in chunks of places.
  ///
  /// A decoder's context that does not fit is cut at its beginning, as lm-evaluation-harness does, and told in
  /// `cutTokens`.
  ///
  /// - Parameters:
  ///   - continuations: What is scored; each has at least one token.
  ///   - model: Whose opinion it is.
  ///   - batchSize: Continuations that are computed side by side.
  ///   - report: Called after each batch with the number of continuations so far; may throw to end the work.
  /// - Returns: The numbers of each continuation, in their order.
  /// - Throws: `GenerationError` for a continuation that is empty, unknown to the model or longer than its context,
  ///   and where the model gives no numbers.
  public static func of(
    _ continuations: [TokenContinuation], by model: any LanguageModel, batchSize: Int = 8,
    report: (Int) throws -> Void = { _ in }
  ) throws -> [LogLikelihood] {
    let properties = model.properties
    let fitted = try continuations.enumerated().map { try FittedContinuation($1, number: $0 + 1, properties) }
    var results = [LogLikelihood?](repeating: nil, count: fitted.count)
    var done = 0
    for batch in LikelihoodBatch.batches(of: fitted, size: max(1, batchSize), properties) {
      let scores = withoutGradients { batch.scores(by: model) }
      for (index, score) in zip(batch.indices, scores) {
        if let place = score.logProbabilities.firstIndex(where: \.isNaN) {
          throw GenerationError.noNumber(token: place, of: "continuation \(index + 1)")
        }
        results[index] = LogLikelihood(
          tokens: fitted[index].tokens, logProbabilities: score.logProbabilities, isGreedy: score.isGreedy,
          cutTokens: fitted[index].cutTokens)
      }
      done += batch.indices.count
      try report(done)
    }
    return results.compactMap { $0 }
  }
}

/// A continuation whose tokens are known and fit the model's context.
struct FittedContinuation {
  let context: [Int]
  let tokens: [Int]
  let cutTokens: Int

  /// The continuation, its context cut at the beginning where both together are too long.
  init(_ wanted: TokenContinuation, number: Int, _ properties: ModelProperties) throws {
    tokens = wanted.tokens
    if tokens.isEmpty {
      throw GenerationError(
        "continuation \(number) has no tokens of its own: give it a text that the tokenizer does not drop or join to "
          + "its context")
    }
    if let wrong = (wanted.context + tokens).first(where: { !(0..<properties.vocabularySize).contains($0) }) {
      throw GenerationError(
        "continuation \(number) holds the token id \(wrong), but the model knows only ids below "
          + "\(properties.vocabularySize): tokenizer and model do not belong together")
    }
    if wanted.context.isEmpty { throw GenerationError("continuation \(number) has no context, not even a start token") }
    guard let most = properties.contextLength else {
      (context, cutTokens) = (wanted.context, 0)
      return
    }
    if tokens.count > most {
      throw GenerationError(
        "continuation \(number) has \(tokens.count) tokens, but the model's context holds \(most): score it as a text "
          + "in windows, or shorten it")
    }
    // The last token is predicted and never read.
    let room = properties.kind == .decoderOnly ? most + 1 - tokens.count : most
    context = Array(wanted.context.suffix(room))
    cutTokens = wanted.context.count - context.count
  }
}
