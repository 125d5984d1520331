extension ScalarAutomaton {
  /// Any text.
  package static let anything = ScalarAutomaton(classes: [.all], moves: [0], isAccepting: [true])

  /// The texts that both accept.
  package func intersection(_ other: ScalarAutomaton) throws -> ScalarAutomaton { try product(other) { $0 && $1 } }

  /// The texts that at least one accepts.
  package func union(_ other: ScalarAutomaton) throws -> ScalarAutomaton { try product(other) { $0 || $1 } }

  /// The texts that this one accepts and the other does not.
  package func subtracting(_ other: ScalarAutomaton) throws -> ScalarAutomaton { try product(other) { $0 && !$1 } }

  /// Both automata side by side.
  private func product(_ other: ScalarAutomaton, _ accepts: (Bool, Bool) -> Bool) throws -> ScalarAutomaton {
    // Two automata without classes in common are cut finer.
    var classes: [(set: ScalarSet, left: Int, right: Int)] = []
    for (left, a) in self.classes.enumerated() {
      for (right, b) in other.classes.enumerated() {
        let both = a.intersection(b)
        if !both.isEmpty { classes.append((both, left, right)) }
      }
    }
    struct Pair: Hashable {
      let left: Int
      let right: Int
    }
    var numbers: [Pair: Int32] = [:]
    var waiting: [Pair] = []
    var moves: [Int32] = []
    var isAccepting: [Bool] = []
    func number(_ pair: Pair) -> Int32 {
      if let number = numbers[pair] { return number }
      numbers[pair] = Int32(waiting.count)
      waiting.append(pair)
      return Int32(waiting.count - 1)
    }
    _ = number(Pair(left: 0, right: 0))
    var done = 0
    while done < waiting.count {
      if waiting.count > 4 * Self.mostStates { throw GrammarError("expressions that must hold together are too large") }
      let pair = waiting[done]
      done += 1
      isAccepting.append(
        accepts(pair.left >= 0 && self.isAccepting[pair.left], pair.right >= 0 && other.isAccepting[pair.right]))
      for item in classes {
        let left = pair.left < 0 ? -1 : move(pair.left, item.left)
        let right = pair.right < 0 ? -1 : other.move(pair.right, item.right)
        moves.append(left < 0 && right < 0 ? -1 : number(Pair(left: left, right: right)))
      }
    }
    return ScalarAutomaton(classes: classes.map(\.set), moves: moves, isAccepting: isAccepting).minimal()
  }
}
