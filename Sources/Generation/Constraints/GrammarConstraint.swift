import OrchardGrammars
import OrchardTokenizers
import Synchronization

/// A grammar as a constraint on tokens.
public final class GrammarConstraint: TokenConstraint {
  /// What the text follows, for messages.
  public let name: String
  /// The state of a text without tokens.
  public let start: ConstraintState
  private let endTokens: [Int]
  private let core: Mutex<ConstraintCore>

  /// A constraint for a model that knows `vocabularySize` tokens.
  ///
  /// - Throws: `TokenizerError` for a tokenizer whose tokens add what depends on more than the token before.
  public convenience init(
    _ grammar: Grammar, name: String, tokenizer: Tokenizer, vocabularySize: Int, endTokens: [Int]
  ) throws {
    let vocabulary = try TokenVocabulary(tokenizer, size: vocabularySize, endTokens: endTokens)
    self.init(grammar, name: name, vocabulary, endTokens: endTokens)
  }

  init(_ grammar: Grammar, name: String, _ vocabulary: TokenVocabulary, endTokens: [Int]) {
    self.name = name
    self.endTokens = endTokens.filter { (0..<vocabulary.size).contains($0) }
    var masks = TokenMasks(GrammarMachine(grammar), vocabulary)
    start = ConstraintState(grammar: masks.start(), context: UInt8(TokenPieces.Context.first.rawValue))
    let isPlain = masks.writesEveryByte()
    core = Mutex(ConstraintCore(masks: masks, isPlain: isPlain))
  }

  /// Rules out every token after which the text could no longer be finished within `left` tokens.
  public func restrict(_ logits: UnsafeMutableBufferPointer<Float>, in state: ConstraintState, left: Int) {
    var isEnd = true
    let bits = core.withLock { core in
      isEnd = state.grammar < 0 || core.masks.machine.isComplete(state.grammar)
      return core.bits(state, left)
    }
    Self.apply(bits, to: logits, keeping: isEnd ? endTokens : [])
  }

  /// The allowed tokens as truth values, end tokens among them.
  package func allowed(in state: ConstraintState, left: Int, count: Int) -> [Bool] {
    var logits = Array(repeating: Float(0), count: count)
    logits.withUnsafeMutableBufferPointer { restrict($0, in: state, left: left) }
    return logits.map { $0 == 0 }
  }

  /// The state after one more token.
  public func state(after token: Int, in state: ConstraintState) -> ConstraintState {
    guard state.grammar >= 0, !endTokens.contains(token) else { return state }
    return core.withLock { core in
      guard let (bytes, next) = core.masks.vocabulary.piece(of: token, in: state.place) else {
        return ConstraintState(grammar: -1, context: state.context)
      }
      return ConstraintState(grammar: core.masks.next(state.grammar, bytes), context: UInt8(next.rawValue))
    }
  }

  /// Whether the text may end in a state.
  public func isComplete(_ state: ConstraintState) -> Bool {
    state.grammar >= 0 && core.withLock { $0.masks.machine.isComplete(state.grammar) }
  }

  /// Whether the text must end in a state.
  public func isFinished(_ state: ConstraintState, left: Int) -> Bool {
    guard state.grammar >= 0 else { return false }
    return core.withLock { core in
      if core.masks.machine.isFinished(state.grammar) { return true }
      // Without end tokens to choose, a text that cannot be both longer and finished ends here.
      guard endTokens.isEmpty, core.masks.machine.isComplete(state.grammar) else { return false }
      return core.bits(state, left).allSatisfy { $0 == 0 }
    }
  }

  /// A number of tokens with which a text in a state can be finished.
  public func tokensToFinish(_ state: ConstraintState) -> Int? {
    guard state.grammar >= 0 else { return nil }
    let count = core.withLock { core in
      core.search.way(TextState(grammar: state.grammar, context: state.place), &core.masks).count
    }
    return count == CompletionSearch.never ? nil : Int(count)
  }

  private static func apply(
    _ bits: [UInt64], to logits: UnsafeMutableBufferPointer<Float>, keeping kept: [Int]
  ) {
    let ends = kept.filter { $0 < logits.count }.map { ($0, logits[$0]) }
    for (word, bits) in bits.enumerated() where bits != .max {
      let base = word << 6
      let count = min(64, logits.count - base)
      guard count > 0 else { break }
      if bits == 0 {
        UnsafeMutableBufferPointer(rebasing: logits[base..<base + count]).update(repeating: -.infinity)
      } else {
        for bit in 0..<count where bits >> UInt64(bit) & 1 == 0 { logits[base + bit] = -.infinity }
      }
    }
    for token in min(bits.count << 6, logits.count)..<logits.count { logits[token] = -.infinity }
    for (token, logit) in ends { logits[token] = logit }
  }
}
