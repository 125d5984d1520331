import OrchardGrammars
import OrchardTokenizers

/// A state of the grammar and what the next token's bytes depend on.
struct TextState: Hashable, Sendable {
  var grammar: Int32
  var context: TokenPieces.Context
}

/// The tokens that may follow in a state, by the states that they lead to.
struct Successors: Sendable {
  /// The different states, and for each a token that leads there.
  var states: [(state: TextState, token: Int32)] = []
  /// All tokens, and for each the place of its state.
  var tokens: [Int32] = []
  var places: [Int32] = []
}

extension TokenMasks {
  /// All tokens that the grammar takes, whether or not the text can then be finished.
  mutating func successors(_ state: TextState) -> Successors {
    var result = Successors()
    var known: [TextState: Int32] = [:]
    func add(_ token: Int32, _ next: TextState) {
      let place = known[next] ?? Int32(result.states.count)
      if Int(place) == result.states.count {
        known[next] = place
        result.states.append((next, token))
      }
      result.tokens.append(token)
      result.places.append(place)
    }
    let trie = vocabulary.trie(state.context)
    for place in Int(trie.firsts[0])..<Int(trie.firsts[1]) {
      add(trie.tokens[place], TextState(grammar: state.grammar, context: trie.nexts[place]))
    }
    walk(trie, below: 0, from: state.grammar) { _, node, next in
      for place in Int(trie.firsts[node])..<Int(trie.firsts[node + 1]) {
        add(trie.tokens[place], TextState(grammar: next, context: trie.nexts[place]))
      }
    }
    return result
  }
}
