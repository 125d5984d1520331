/// Puts a grammar together state by state.
struct GrammarBuilder {
  private var grammar = Grammar()
  private var automata: [ByteAutomaton: Int] = [:]

  mutating func newState() -> Int32 {
    grammar.states.append(Grammar.State())
    return Int32(grammar.states.count - 1)
  }

  /// A rule without any way yet, and the state that it begins with.
  mutating func newRule(_ name: String) -> (rule: Int, start: Int32) {
    let start = newState()
    grammar.rules.append(Grammar.Rule(name: name, start: start))
    return (grammar.rules.count - 1, start)
  }

  mutating func end(_ state: Int32) { grammar.states[Int(state)].isFinal = true }

  mutating func jump(_ from: Int32, _ to: Int32) { grammar.states[Int(from)].jumps.append(to) }

  mutating func bytes(_ from: Int32, _ low: UInt8, _ high: UInt8, _ to: Int32) {
    grammar.states[Int(from)].edges.append(ByteAutomaton.Edge(low: low, high: high, target: to))
  }

  /// Writes a text behind a state and returns where it ends.
  mutating func literal(_ from: Int32, _ text: some Sequence<UInt8>) -> Int32 {
    var place = from
    for byte in text {
      let next = newState()
      bytes(place, byte, byte, next)
      place = next
    }
    return place
  }

  mutating func literal(_ from: Int32, _ text: String) -> Int32 { literal(from, Array(text.utf8)) }

  /// Calls a rule behind a state and returns where it goes on.
  mutating func call(_ from: Int32, _ rule: Int) -> Int32 {
    let after = newState()
    grammar.states[Int(from)].calls.append((Int32(rule), after))
    return after
  }

  /// Lets a rule call another one as one of its ways to the end.
  mutating func callToEnd(_ from: Int32, _ rule: Int) {
    let after = call(from, rule)
    end(after)
  }

  /// The rule of an automaton; equal ones share one, and so what is remembered of it.
  mutating func rule(_ automaton: ByteAutomaton, name: String) -> Int {
    if let rule = automata[automaton] { return rule }
    let (rule, start) = newRule(name)
    let base = Int32(grammar.states.count)
    // The automaton's first state is the rule's; the others follow.
    func place(_ state: Int32) -> Int32 { state == 0 ? start : base + state - 1 }
    for _ in automaton.states.dropFirst() { _ = newState() }
    for (number, state) in automaton.states.enumerated() {
      let index = Int(place(Int32(number)))
      grammar.states[index].edges = state.edges.map {
        ByteAutomaton.Edge(low: $0.low, high: $0.high, target: place($0.target))
      }
      grammar.states[index].jumps = state.jumps.map(place)
      grammar.states[index].isFinal = state.isAccepting
    }
    automata[automaton] = rule
    return rule
  }

  func name(of rule: Int) -> String { grammar.rules[rule].name }

  consuming func finish(root: Int) throws -> Grammar {
    var grammar = grammar
    grammar.root = root
    try grammar.finish()
    return grammar
  }
}
