/// An automaton over bytes, which may know several ways on, and moves without a byte.
package struct ByteAutomaton: Hashable, Sendable {
  /// A move on any byte of a range.
  struct Edge: Hashable, Sendable {
    var low: UInt8
    var high: UInt8
    var target: Int32
  }

  struct State: Hashable, Sendable {
    var edges: [Edge] = []
    var jumps: [Int32] = []
    var isAccepting = false
  }

  var states = [State()]

  /// How scalars are written in bytes.
  package enum Spelling: Sendable {
    /// UTF-8.
    case plain
    /// Inside a JSON string: quotes, backslashes and control characters as escapes, all else as UTF-8.
    case json
  }

  /// The texts of an automaton, as bytes.
  package init(_ automaton: ScalarAutomaton, _ spelling: Spelling) {
    states = automaton.isAccepting.map { State(isAccepting: $0) }
    var speller = Speller(spelling)
    let width = automaton.classes.count
    // Moves with equal ends are spelled together: fewer, longer ranges.
    for state in 0..<automaton.stateCount {
      var sets: [Int32: [ScalarSet.Run]] = [:]
      for number in 0..<width {
        let target = automaton.moves[state * width + number]
        if target >= 0 { sets[target, default: []] += automaton.classes[number].runs }
      }
      let moves = sets.sorted { $0.key < $1.key }.map { (ScalarSet($0.value), $0.key) }
      states[state].edges = speller.edges(moves, &states)
    }
  }

  /// The texts of an expression without places, as bytes: for one that is too large to be determined at once.
  init(_ nfa: ScalarNFA, _ spelling: Spelling) {
    states = nfa.states.map { State(jumps: $0.jumps.map { Int32($0.target) }) }
    states[nfa.end].isAccepting = true
    var speller = Speller(spelling)
    for (number, state) in nfa.states.enumerated() where !state.edges.isEmpty {
      states[number].edges = speller.edges(state.edges.map { (nfa.sets[$0.set], Int32($0.target)) }, &states)
    }
  }

  /// The texts of an expression: minimal where that is feasible.
  ///
  /// - Throws: `GrammarError` for one that is too large.
  package static func regex(_ node: RegexNode, _ spelling: Spelling = .plain) throws -> ByteAutomaton {
    do {
      return ByteAutomaton(try ScalarAutomaton(node), spelling)
    } catch {
      // Its states are then made as texts come to them.
      let nfa = try ScalarNFA(node)
      if nfa.hasAssertions { throw error }
      return ByteAutomaton(nfa, spelling)
    }
  }
}

/// Writes moves on scalars as moves on bytes.
private struct Speller {
  /// The bytes that still follow, and where they lead.
  private struct Tail: Hashable {
    var ranges: ArraySlice<ByteRange>
    let target: Int32
  }

  private let spelling: ByteAutomaton.Spelling
  private var known: [[Tail]: Int32] = [:]
  private var spelled: [ScalarSet: [[ByteRange]]] = [:]

  init(_ spelling: ByteAutomaton.Spelling) { self.spelling = spelling }

  private struct Move: Hashable {
    let set: ScalarSet
    let target: Int32
  }

  /// What a set is spelled as, its states numbered from 0 and the place behind it −1.
  private var patterns: [ScalarSet: [[ByteAutomaton.Edge]]] = [:]
  private var written: [Move: [ByteAutomaton.Edge]] = [:]

  mutating func edges(_ moves: [(ScalarSet, Int32)], _ states: inout [ByteAutomaton.State]) -> [ByteAutomaton.Edge] {
    if moves.count == 1 { return edges(Move(set: moves[0].0, target: moves[0].1), &states) }
    return edges(moves.flatMap { set, target in sequences(set).map { Tail(ranges: $0[...], target: target) } }, &states)
  }

  /// One move: a copy of what its set is spelled as, which long counted repeats have thousands of.
  private mutating func edges(_ move: Move, _ states: inout [ByteAutomaton.State]) -> [ByteAutomaton.Edge] {
    if let known = written[move] { return known }
    let pattern = pattern(move.set)
    let base = Int32(states.count)
    // The pattern's first state is the caller's own.
    func place(_ edge: ByteAutomaton.Edge) -> ByteAutomaton.Edge {
      ByteAutomaton.Edge(
        low: edge.low, high: edge.high, target: edge.target < 0 ? move.target : base + edge.target - 1)
    }
    for edges in pattern.dropFirst() { states.append(ByteAutomaton.State(edges: edges.map(place))) }
    let first = pattern[0].map(place)
    written[move] = first
    return first
  }

  private mutating func pattern(_ set: ScalarSet) -> [[ByteAutomaton.Edge]] {
    if let known = patterns[set] { return known }
    var states = [ByteAutomaton.State()]
    var speller = Speller(spelling)
    states[0].edges = speller.edges(speller.sequences(set).map { Tail(ranges: $0[...], target: -1) }, &states)
    let pattern = states.map(\.edges)
    patterns[set] = pattern
    return pattern
  }

  private mutating func sequences(_ set: ScalarSet) -> [[ByteRange]] {
    if let known = spelled[set] { return known }
    var result: [[ByteRange]] = []
    var rest = set
    if spelling == .json {
      let escaped = set.intersection(Self.escaped)
      rest = set.subtracting(Self.escaped)
      for run in escaped.runs {
        for scalar in run.low...run.high {
          result.append(JSONText.escape(scalar).map { ByteRange(low: $0, high: $0) })
        }
      }
    }
    for run in rest.runs { UTF8Ranges.split(run.low, run.high) { result.append($0) } }
    spelled[set] = result
    return result
  }

  private static let escaped = ScalarSet(0, 0x1F).union(ScalarSet(of: "\"\\"))

  /// Cuts first bytes where any range begins or ends, so that one byte leads to one place.
  private mutating func edges(_ tails: [Tail], _ states: inout [ByteAutomaton.State]) -> [ByteAutomaton.Edge] {
    var borders: Set<Int> = []
    for tail in tails {
      guard let first = tail.ranges.first else { continue }
      borders.insert(Int(first.low))
      borders.insert(Int(first.high) + 1)
    }
    let starts = borders.sorted()
    var edges: [ByteAutomaton.Edge] = []
    for (low, end) in zip(starts, starts.dropFirst()) {
      var inner: [Tail] = []
      var targets: Set<Int32> = []
      for tail in tails {
        guard let first = tail.ranges.first, Int(first.low) <= low, Int(first.high) >= low else { continue }
        let rest = tail.ranges.dropFirst()
        if rest.isEmpty {
          targets.insert(tail.target)
        } else {
          inner.append(Tail(ranges: ArraySlice(Array(rest)), target: tail.target))
        }
      }
      if !inner.isEmpty { targets.insert(node(inner, &states)) }
      for target in targets.sorted() { Self.append(UInt8(low), UInt8(end - 1), target, to: &edges) }
    }
    return edges
  }

  private static func append(_ low: UInt8, _ high: UInt8, _ target: Int32, to edges: inout [ByteAutomaton.Edge]) {
    if let last = edges.last, last.target == target, Int(last.high) + 1 == Int(low) {
      edges[edges.count - 1].high = high
    } else {
      edges.append(ByteAutomaton.Edge(low: low, high: high, target: target))
    }
  }

  private mutating func node(_ tails: [Tail], _ states: inout [ByteAutomaton.State]) -> Int32 {
    if let node = known[tails] { return node }
    let node = Int32(states.count)
    states.append(ByteAutomaton.State())
    known[tails] = node
    states[Int(node)].edges = edges(tails, &states)
    return node
  }
}
