/// What a text must look like: rules that call each other, each an automaton over bytes.
///
/// Nesting is not regular, so a rule may call another one in its middle and goes on where that one ends (W. Woods,
/// "Transition Network Grammars for Natural Language Analysis", 1970).
public struct Grammar: Sendable {
  struct State {
    var edges: [ByteAutomaton.Edge] = []
    var jumps: [Int32] = []
    var calls: [(rule: Int32, after: Int32)] = []
    var isFinal = false
    /// The fewest bytes to the end of the rule, or `far`.
    var distance = Grammar.far
  }

  struct Rule {
    let name: String
    let start: Int32
    /// The rule's states; other rules' lie in between, where they were made meanwhile.
    var distance = Grammar.far
  }

  /// More bytes than any text has.
  static let far = Int32.max / 4

  var states: [State] = []
  var rules: [Rule] = []
  /// The rule that a whole text follows.
  var root = 0

  /// The fewest bytes of a whole text.
  package var shortest: Int { Int(rules[root].distance) }

  /// Finds how far each state is from its rule's end, and leaves out the ways that lead nowhere.
  ///
  /// - Throws: `GrammarError` where a rule calls itself before any byte, or no text can be finished.
  mutating func finish() throws {
    measure()
    let isDead = states.map { $0.distance >= Self.far }
    let isEmpty = rules.map { $0.distance >= Self.far }
    for index in states.indices {
      states[index].edges.removeAll { isDead[Int($0.target)] }
      states[index].jumps.removeAll { isDead[Int($0)] }
      states[index].calls.removeAll { isEmpty[Int($0.rule)] || isDead[Int($0.after)] }
    }
    guard rules[root].distance < Self.far else {
      throw GrammarError("\(rules[root].name): no text can be finished")
    }
    try refuseLeftRecursion()
  }

  private mutating func measure() {
    // What must be looked at again when a state, or a rule, has come nearer to its end.
    var before: [[Int32]] = Array(repeating: [], count: states.count)
    var callers: [[Int32]] = Array(repeating: [], count: rules.count)
    var ruleOfStart: [Int32: Int] = [:]
    for (index, rule) in rules.enumerated() { ruleOfStart[rule.start] = index }
    for (index, state) in states.enumerated() {
      for edge in state.edges { before[Int(edge.target)].append(Int32(index)) }
      for jump in state.jumps { before[Int(jump)].append(Int32(index)) }
      for call in state.calls {
        before[Int(call.after)].append(Int32(index))
        callers[Int(call.rule)].append(Int32(index))
      }
    }
    var waiting = states.indices.filter { states[$0].isFinal }.map { Int32($0) }
    var place = 0
    while place < waiting.count {
      let index = Int(waiting[place])
      place += 1
      let distance = distanceAhead(states[index])
      guard distance < states[index].distance else { continue }
      states[index].distance = distance
      waiting += before[index]
      if let rule = ruleOfStart[Int32(index)] {
        rules[rule].distance = distance
        waiting += callers[rule]
      }
    }
  }

  private func distanceAhead(_ state: State) -> Int32 {
    var best: Int32 = state.isFinal ? 0 : Self.far
    for edge in state.edges { best = min(best, states[Int(edge.target)].distance + 1) }
    for jump in state.jumps { best = min(best, states[Int(jump)].distance) }
    for call in state.calls {
      best = min(best, rules[Int(call.rule)].distance + states[Int(call.after)].distance)
    }
    return min(best, Self.far)
  }

  /// The rules that each rule may call before it takes a byte.
  private func refuseLeftRecursion() throws {
    let canBeEmpty = rules.map { $0.distance == 0 }
    let firsts = rules.map { rule in
      var seen: Set<Int32> = [rule.start]
      var waiting = [rule.start]
      var called: Set<Int> = []
      while let state = waiting.popLast() {
        var next = states[Int(state)].jumps
        for call in states[Int(state)].calls {
          called.insert(Int(call.rule))
          if canBeEmpty[Int(call.rule)] { next.append(call.after) }
        }
        for state in next where seen.insert(state).inserted { waiting.append(state) }
      }
      return called
    }
    for (number, rule) in rules.enumerated() {
      var seen = firsts[number]
      var waiting = Array(seen)
      while let next = waiting.popLast() {
        if next == number { throw GrammarError("\(rule.name) leads back to itself with nothing in between") }
        for other in firsts[next] where seen.insert(other).inserted { waiting.append(other) }
      }
    }
  }
}

extension Grammar {
  /// Texts that a regular expression matches from end to end.
  ///
  /// Groups, alternation, classes, counted repeats, anchors, `\b`, and the flags i, m, s; `\d`, `\w` and `\s` are
  /// ASCII's, with `(?u)` Unicode's.
  /// - Throws: `GrammarError` that names what cannot be used, and its place; or says that nothing matches.
  public init(regex pattern: String) throws {
    let node = try RegexParser.parse(pattern)
    let automaton: ByteAutomaton
    do {
      automaton = try ByteAutomaton.regex(node)
    } catch let error as GrammarError {
      throw GrammarError("the regular expression “\(pattern)” cannot be used: \(error)")
    }
    var builder = GrammarBuilder()
    let rule = builder.rule(automaton, name: "the regular expression")
    do {
      self = try builder.finish(root: rule)
    } catch {
      throw GrammarError("the regular expression “\(pattern)” matches no text at all")
    }
  }
}
