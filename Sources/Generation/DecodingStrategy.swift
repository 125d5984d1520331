/// A way of choosing tokens, on top of the one decoding loop.
protocol DecodingStrategy {
  /// Whether the hidden states of all places of the prompts are wanted, and not the last alone.
  var wantsAllPlaces: Bool { get }

  /// Chooses how every row goes on, from what the model has made of it.
  mutating func choose(_ reading: Reading) throws -> DecodingMove
}

extension DecodingStrategy {
  var wantsAllPlaces: Bool { false }
}

/// How decoding goes on after one token.
struct DecodingMove {
  /// For each row that goes on, the row that it continues; a finished row is named by none, a branching one by several.
  var rows: [Int] = []
  /// The token that each of these rows reads next.
  var tokens: [Int] = []
  /// What each of these rows reads behind that token on trial; empty where nothing is drafted.
  var drafts: [[Draft]] = []
  /// How many of the tokens that each row has just read are to be forgotten, for the rows as they were read; empty
  /// where none are.
  var rejected: [Int] = []
  /// The tokens that are now certain.
  var generated: [GeneratedToken] = []
  /// The prompts that are now finished, each with its texts, the best first.
  var finished: [(prompt: Int, sequences: [GeneratedSequence])] = []
}

/// What a strategy begins with.
struct DecodingStart {
  /// The prompts.
  let prompts: [TokenPrompt]
  /// What the decoder reads first, for each prompt.
  let first: [[Int]]
  /// How texts are generated.
  let settings: GenerationSettings
  /// The logit steps, in their order.
  let steps: [any LogitStep]
  /// What ends a row.
  let rules: StopRules
  /// The number of token ids.
  let vocabularySize: Int
  /// The most tokens that a row may come to have; nil where there is no bound.
  let contextLength: Int?

  /// What logit steps may know of a prompt's rows.
  func context(of prompt: Int) -> RowContext {
    RowContext(
      source: prompts[prompt].tokens, promptLength: first[prompt].count, limit: rules.limits[prompt].count)
  }
}

/// What ends a row.
struct StopRules {
  /// Tokens that end a text.
  var endTokens: [Int]
  /// The greatest number of new tokens of each prompt.
  var limits: [TokenLimit]
  /// The text of a row so far, to begin with; nil where no tokenizer was given.
  var text: RowText?
  /// When the texts end even if nothing else ends them.
  var deadline: ContinuousClock.Instant?
  /// What the texts must look like; nil where they are free.
  var constraint: (any TokenConstraint)?

  /// Whether a row ends with `token`, the `count`-th new one of its prompt.
  ///
  /// Adds the token to the row's text, what has become certain of it to `piece`, and to what its constraint knows.
  func finish(
    of prompt: Int, token: Int, count: Int, text: inout RowText?, piece: inout String,
    constrained: inout ConstraintState?
  ) -> FinishReason? {
    let left = limits[prompt].count - count
    var isComplete = false
    if let constraint, let state = constrained {
      let next = constraint.state(after: token, in: state)
      constrained = next
      isComplete = constraint.isFinished(next, left: left)
    }
    let stopped = text?.append(token, to: &piece) ?? false
    var reason: FinishReason?
    if endTokens.contains(token) {
      reason = .endToken
    } else if stopped {
      reason = .stopString
    } else if isComplete {
      reason = .complete
    } else if left <= 0 {
      reason = limits[prompt].reason
    } else if let deadline, ContinuousClock.now >= deadline {
      reason = .time
    }
    if reason != nil, !stopped { text?.finish(to: &piece) }
    return reason
  }
}
