/// A deterministic automaton over Unicode scalars, without states from which no text can be finished.
///
/// State 0 is the first; an automaton that accepts nothing has no way out of it.
package struct ScalarAutomaton: Hashable, Sendable {
  /// All scalars, cut into sets that no state tells apart.
  var classes: [ScalarSet]
  /// The next state for each state and class, or -1.
  var moves: [Int32]
  var isAccepting: [Bool]

  /// More states are taken for a mistake.
  package static let mostStates = 30_000

  package var stateCount: Int { isAccepting.count }

  /// Whether no text is accepted.
  package var isEmpty: Bool { !isAccepting.contains(true) }

  func move(_ state: Int, _ number: Int) -> Int { Int(moves[state * classes.count + number]) }

  /// Whether a whole text is accepted.
  package func accepts(_ text: String) -> Bool {
    var state = 0
    for scalar in text.unicodeScalars {
      guard let number = classes.firstIndex(where: { $0.contains(scalar.value) }) else { return false }
      state = move(state, number)
      if state < 0 { return false }
    }
    return isAccepting[state]
  }

  /// The automaton of an expression, minimal.
  ///
  /// - Throws: `GrammarError` where it would have too many states.
  package init(_ node: RegexNode) throws {
    self = try ScalarNFA(node).determined().minimal()
  }

  init(classes: [ScalarSet], moves: [Int32], isAccepting: [Bool]) {
    self.classes = classes
    self.moves = moves
    self.isAccepting = isAccepting
  }

  /// The automaton of an expression that is searched for anywhere in a text, as JSON Schema's `pattern` is.
  package static func searching(_ node: RegexNode) throws -> ScalarAutomaton {
    try ScalarAutomaton(.sequence([.anything, node, .anything]))
  }

  /// Texts of so many scalars.
  package static func length(_ least: Int, _ most: Int?) throws -> ScalarAutomaton {
    try ScalarAutomaton(.repeated(.set(.all), least: least, most: most))
  }

  /// Any of the texts.
  package static func texts(_ texts: [String]) throws -> ScalarAutomaton {
    try ScalarAutomaton(.choice(texts.map { .text($0) }))
  }
}

extension ScalarNFA {
  /// What stands before or behind a place, as far as assertions ask.
  private enum Side: Int { case none, word, wideWord, line, other }

  private struct Key: Hashable {
    let states: [Int32]
    let before: Int
  }

  /// The subset construction; assertions are answered between the scalar before and the one behind.
  func determined() throws -> ScalarAutomaton {
    var kinds = sets
    if hasAssertions { kinds += [.asciiWord, .word, ScalarSet("\n")] }
    let classes = ScalarSet.partition(kinds)
    let samples = classes.map { $0.runs[0].low }
    let sides = samples.map { hasAssertions ? Self.side($0) : .other }
    // For each set the classes that it is made of.
    let members = sets.map { set in samples.indices.filter { set.contains(samples[$0]) } }

    var numbers: [Key: Int32] = [:]
    var waiting: [Key] = []
    var moves: [Int32] = []
    var isAccepting: [Bool] = []
    func number(_ key: Key) -> Int32 {
      if let number = numbers[key] { return number }
      let number = Int32(waiting.count)
      numbers[key] = number
      waiting.append(key)
      return number
    }
    _ = number(Key(states: [Int32(start)], before: hasAssertions ? Side.none.rawValue : Side.other.rawValue))
    var walk = Walk(count: states.count)
    var work = 0
    var done = 0
    while done < waiting.count {
      let key = waiting[done]
      done += 1
      if waiting.count > ScalarAutomaton.mostStates || work > 20_000_000 {
        throw GrammarError(
          "the expression needs more than \(ScalarAutomaton.mostStates) states; make it simpler or its counts smaller")
      }
      let before = Side(rawValue: key.before) ?? .other
      isAccepting.append(closure(key.states, before, .none, &walk).contains(Int32(end)))
      var targets: [Set<Int32>] = Array(repeating: [], count: classes.count)
      let behinds: [Side] = hasAssertions ? [.word, .wideWord, .line, .other] : [.other]
      for behind in behinds {
        for state in closure(key.states, before, behind, &walk) {
          work += 1
          for edge in states[Int(state)].edges {
            for member in members[edge.set] where sides[member] == behind {
              targets[member].insert(Int32(edge.target))
              work += 1
            }
          }
        }
      }
      for (member, target) in targets.enumerated() {
        moves.append(target.isEmpty ? -1 : number(Key(states: target.sorted(), before: sides[member].rawValue)))
      }
    }
    return ScalarAutomaton(classes: classes, moves: moves, isAccepting: isAccepting)
  }

  private static func side(_ scalar: UInt32) -> Side {
    if ScalarSet.asciiWord.contains(scalar) { return .word }
    if ScalarSet.word.contains(scalar) { return .wideWord }
    return scalar == 0x0A ? .line : .other
  }

  /// Memory for closures.
  private struct Walk {
    var marks: [Int32]
    var mark: Int32 = 0

    init(count: Int) { marks = Array(repeating: 0, count: count) }
  }

  private func closure(_ from: [Int32], _ before: Side, _ behind: Side, _ walk: inout Walk) -> [Int32] {
    walk.mark += 1
    var found = from
    for state in from { walk.marks[Int(state)] = walk.mark }
    var place = 0
    while place < found.count {
      for jump in states[Int(found[place])].jumps where walk.marks[jump.target] != walk.mark {
        if let assertion = jump.assertion, !Self.holds(assertion, before, behind) { continue }
        walk.marks[jump.target] = walk.mark
        found.append(Int32(jump.target))
      }
      place += 1
    }
    return found
  }

  private static func holds(_ assertion: RegexNode.Assertion, _ before: Side, _ behind: Side) -> Bool {
    switch assertion {
    case .start: before == .none
    case .end: behind == .none
    case .lineStart: before == .none || before == .line
    case .lineEnd: behind == .none || behind == .line
    case .wordBorder(let isWide): isWord(before, isWide) != isWord(behind, isWide)
    case .noWordBorder(let isWide): isWord(before, isWide) == isWord(behind, isWide)
    }
  }

  private static func isWord(_ side: Side, _ isWide: Bool) -> Bool { side == .word || (isWide && side == .wideWord) }
}
