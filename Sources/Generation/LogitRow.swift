/// The logits of one row's next token, and what a step may look at while changing them.
///
/// A token is ruled out by setting its logit to minus infinity.
public struct LogitRow {
  /// One number for each token of the vocabulary.
  public let logits: UnsafeMutableBufferPointer<Float>
  /// The tokens that the decoder has seen: a decoder's prompt, an encoder–decoder's start token, and all new ones.
  public let history: [Int]
  /// What stays the same for the row from token to token.
  public let context: RowContext
  /// Beam groups: the tokens that the groups before this one have chosen for the same place.
  public let siblings: [Int]
  /// Memory to work in.
  public let scratch: LogitScratch

  /// A row over the caller's memory.
  public init(
    logits: UnsafeMutableBufferPointer<Float>, history: [Int], context: RowContext, siblings: [Int] = [],
    scratch: LogitScratch
  ) {
    precondition(scratch.numbers.count >= logits.count, "scratch memory for \(logits.count) logits")
    self.logits = logits
    self.history = history
    self.context = context
    self.siblings = siblings
    self.scratch = scratch
  }

  /// How many new tokens the row has: the place of the one that is being chosen, from 0.
  public var position: Int { history.count - context.promptLength }

  /// The new tokens.
  public var generated: ArraySlice<Int> { history[min(context.promptLength, history.count)...] }

  /// Rules out every token whose logit is below `threshold`.
  public func rule(outBelow threshold: Float) {
    for token in logits.indices { logits[token] = logits[token] < threshold ? -.infinity : logits[token] }
  }

  /// Rules out one token; one that the vocabulary does not hold is left alone.
  public func rule(out token: Int) {
    if logits.indices.contains(token) { logits[token] = -.infinity }
  }

  /// Rules out all tokens but these.
  public func force(_ tokens: [Int]) {
    logits.update(repeating: -.infinity)
    for token in tokens where logits.indices.contains(token) { logits[token] = 0 }
  }
}

/// What a logit step may know of a row beside its tokens; it stays the same while the row is generated.
public struct RowContext: Sendable {
  /// The prompt: an encoder's source, or what a decoder began with.
  public var source: [Int]
  /// How many of the row's tokens are not new: a decoder's prompt, or an encoder–decoder's start token.
  public var promptLength: Int
  /// How many new tokens the row may get.
  public var limit: Int

  /// The context of a row.
  public init(source: [Int], promptLength: Int, limit: Int) {
    self.source = source
    self.promptLength = promptLength
    self.limit = limit
  }
}
