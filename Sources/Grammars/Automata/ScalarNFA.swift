/// A nondeterministic automaton over Unicode scalars, made of an expression.
///
/// After K. Thompson, "Regular Expression Search Algorithm" (1968).
struct ScalarNFA {
  struct State {
    var edges: [(set: Int, target: Int)] = []
    /// Moves without a scalar; with an assertion only where it holds.
    var jumps: [(assertion: RegexNode.Assertion?, target: Int)] = []
  }

  private(set) var states = [State()]
  private(set) var sets: [ScalarSet] = []
  private var numbers: [ScalarSet: Int] = [:]
  let start = 0
  private(set) var end = 0
  let hasAssertions: Bool

  static let mostStates = 300_000

  /// - Throws: `GrammarError` for an expression whose counted repeats make too many states.
  init(_ node: RegexNode) throws {
    hasAssertions = node.hasAssertions
    end = try add(node, from: 0)
  }

  private mutating func newState() throws -> Int {
    if states.count >= Self.mostStates {
      throw GrammarError("counted repeats make an expression too large; repeat less often, or without counting")
    }
    states.append(State())
    return states.count - 1
  }

  private mutating func number(_ set: ScalarSet) -> Int {
    if let number = numbers[set] { return number }
    numbers[set] = sets.count
    sets.append(set)
    return sets.count - 1
  }

  private mutating func jump(_ from: Int, _ to: Int, _ assertion: RegexNode.Assertion? = nil) {
    states[from].jumps.append((assertion, to))
  }

  /// Adds the expression behind a state and returns where it ends.
  private mutating func add(_ node: RegexNode, from: Int) throws -> Int {
    switch node {
    case .set(let set):
      let to = try newState()
      if !set.isEmpty { states[from].edges.append((number(set), to)) }
      return to
    case .sequence(let nodes):
      return try nodes.reduce(from) { try add($1, from: $0) }
    case .choice(let nodes):
      let to = try newState()
      for node in nodes {
        let begin = try newState()
        jump(from, begin)
        jump(try add(node, from: begin), to)
      }
      return to
    case .assertion(let assertion):
      let to = try newState()
      jump(from, to, assertion)
      return to
    case .repeated(let node, let least, let most):
      var place = from
      for _ in 0..<least { place = try add(node, from: place) }
      let to = try newState()
      if let most {
        for _ in least..<max(least, most) {
          jump(place, to)
          // A state of its own: what the last repetition may do again must not be done behind this one.
          let begin = try newState()
          jump(place, begin)
          place = try add(node, from: begin)
        }
        jump(place, to)
      } else {
        let loop = try newState()
        jump(place, loop)
        jump(loop, to)
        let begin = try newState()
        jump(loop, begin)
        jump(try add(node, from: begin), loop)
      }
      return to
    }
  }
}
