extension ByteAutomaton {
  /// The same texts between double quotes.
  func quoted() -> ByteAutomaton {
    var result = self
    let first = Int32(states.count)
    let last = first + 1
    // State 0 stays the first: what stood there moves.
    var begin = states[0]
    if begin.isAccepting { begin.edges.append(Edge(low: 0x22, high: 0x22, target: last)) }
    begin.isAccepting = false
    for number in result.states.indices {
      result.states[number].edges = states[number].edges.map {
        Edge(low: $0.low, high: $0.high, target: $0.target == 0 ? first : $0.target)
      }
      if states[number].isAccepting { result.states[number].edges.append(Edge(low: 0x22, high: 0x22, target: last)) }
      result.states[number].jumps = states[number].jumps.map { $0 == 0 ? first : $0 }
      result.states[number].isAccepting = false
    }
    begin.edges = begin.edges.map { Edge(low: $0.low, high: $0.high, target: $0.target == 0 ? first : $0.target) }
    begin.jumps = begin.jumps.map { $0 == 0 ? first : $0 }
    result.states[0] = State(edges: [Edge(low: 0x22, high: 0x22, target: first)])
    result.states += [begin, State(isAccepting: true)]
    return result
  }

  /// Any JSON string, its characters as they are or as any escape; halves of surrogate pairs only as pairs.
  static let anyString: ByteAutomaton = {
    var automaton = ByteAutomaton(ScalarAutomaton.anything, .json)
    // The escapes with four digits, beside the short ones that the spelling knows.
    func add() -> Int32 {
      automaton.states.append(State())
      return Int32(automaton.states.count - 1)
    }
    func edge(_ from: Int32, _ bytes: String, _ to: Int32) {
      for byte in bytes.utf8 { automaton.states[Int(from)].edges.append(Edge(low: byte, high: byte, target: to)) }
    }
    func digits(_ from: Int32, _ count: Int) -> Int32 {
      var place = from
      for left in (0..<count).reversed() {
        let next = left == 0 ? Int32(0) : add()
        edge(place, "0123456789abcdefABCDEF", next)
        place = next
      }
      return place
    }
    let backslash = add()
    automaton.states[0].edges = automaton.states[0].edges.filter { $0.low != 0x5C }
    edge(0, "\\", backslash)
    edge(backslash, "\"\\/bfnrt", 0)
    let unicode = add()
    edge(backslash, "u", unicode)
    let afterOther = add()
    edge(unicode, "0123456789abcefABCEF", afterOther)
    _ = digits(afterOther, 3)
    let afterD = add()
    edge(unicode, "dD", afterD)
    let low = add()
    edge(afterD, "01234567", low)
    _ = digits(low, 2)
    let high = add()
    edge(afterD, "89abAB", high)
    let second = add()
    let third = add()
    let fourth = add()
    let fifth = add()
    let sixth = add()
    edge(high, "0123456789abcdefABCDEF", second)
    edge(second, "0123456789abcdefABCDEF", third)
    edge(third, "\\", fourth)
    edge(fourth, "u", fifth)
    edge(fifth, "dD", sixth)
    let seventh = add()
    edge(sixth, "cdefCDEF", seventh)
    _ = digits(seventh, 2)
    return automaton.quoted()
  }()
}
