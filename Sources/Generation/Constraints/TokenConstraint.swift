/// Where a text stands under a constraint: a small value, so that beams branch and guesses are taken back by copying.
public struct ConstraintState: Hashable, Sendable {
  /// The state of the grammar, or below 0 where the text no longer follows it.
  let grammar: Int32
  /// What stands before the next token, as far as its bytes depend on it.
  let context: UInt8
}

/// What a text must look like, told token by token.
///
/// One constraint serves any number of texts at once; each text carries its own state.
public protocol TokenConstraint: Sendable {
  /// The state of a text without tokens.
  var start: ConstraintState { get }

  /// Rules out every token after which the text could no longer be finished within `left` tokens, this one counted.
  ///
  /// End tokens are allowed just where the text may end.
  func restrict(_ logits: UnsafeMutableBufferPointer<Float>, in state: ConstraintState, left: Int)

  /// The state after one more token.
  func state(after token: Int, in state: ConstraintState) -> ConstraintState

  /// Whether the text may end in a state.
  func isComplete(_ state: ConstraintState) -> Bool

  /// Whether the text must end in a state: it is complete, and nothing may follow within `left` tokens.
  func isFinished(_ state: ConstraintState, left: Int) -> Bool

  /// A number of tokens with which a text in a state can be finished; nil where no tokens can.
  func tokensToFinish(_ state: ConstraintState) -> Int?

  /// What the text follows, for messages: "the JSON schema".
  var name: String { get }
}

extension TokenConstraint {
  /// Checks that a text can be finished within its limit.
  ///
  /// - Throws: `GenerationError` where it cannot.
  func check(_ limit: TokenLimit, prompt: Int) throws {
    guard let least = tokensToFinish(start) else {
      throw GenerationError(
        "no text that follows \(name) can be written with this model's tokens: its tokenizer lacks some characters")
    }
    if least > limit.count {
      throw GenerationError(
        "a text that follows \(name) takes \(least) tokens at least, but the answer to prompt \(prompt) may have only "
          + "\(limit); give it more")
    }
  }
}

extension LogitRow {
  /// Applies a constraint, where there is one, and then the steps.
  ///
  /// Steps that leave none of the tokens that the constraint allows are undone: the text follows the constraint.
  package func apply(_ steps: [any LogitStep], under constraint: (any TokenConstraint)?, in state: ConstraintState?) {
    guard let constraint, let state else {
      for step in steps { step.apply(to: self) }
      return
    }
    constraint.restrict(logits, in: state, left: context.limit - position)
    guard !steps.isEmpty else { return }
    let before = Array(logits)
    for step in steps { step.apply(to: self) }
    // A step may force a token that the constraint has ruled out.
    constraint.restrict(logits, in: state, left: context.limit - position)
    if greatest == -.infinity { _ = logits.update(fromContentsOf: before) }
  }
}
