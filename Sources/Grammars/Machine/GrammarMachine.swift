/// Runs a grammar over bytes: a deterministic automaton whose states are made when a text comes to them.
///
/// A state is the set of all stacks in which the text so far may stand; equal stacks, and equal sets, are held once
/// and have a number. A state that was met before costs one look at a table.
package struct GrammarMachine: Sendable {
  /// A state's number; `dead` is none.
  package typealias State = Int32

  package static let dead: State = -1
  private static let unknown: State = -2
  /// The stack on which nothing is left to do: the text may end.
  package static let bottom: Int32 = 0

  package let grammar: Grammar
  /// For each byte its class: bytes of one class lead to the same states.
  package private(set) var classOfByte: [UInt8]
  private let classCount: Int
  private let sampleOfClass: [UInt8]

  private struct Frame: Hashable {
    let state: Int32
    let below: Int32
  }

  private var frames: [Frame] = [Frame(state: -1, below: 0)]
  private var distances: [Int32] = [0]
  private var numberOfFrame: [Frame: Int32] = [:]
  private var sets: [[Int32]] = []
  private var numberOfSet: [[Int32]: State] = [:]
  private var shortest: [Int32] = []
  private var mayEnd: [Bool] = []
  private var moves: [State] = []
  private var closed: [Int32: State] = [:]

  /// A machine that has seen no text.
  package init(_ grammar: Grammar) {
    self.grammar = grammar
    // A byte's class is new where any edge begins or has just ended.
    var isBorder = Array(repeating: false, count: 257)
    isBorder[0] = true
    for state in grammar.states {
      for edge in state.edges {
        isBorder[Int(edge.low)] = true
        isBorder[Int(edge.high) + 1] = true
      }
    }
    classOfByte = Array(repeating: 0, count: 256)
    var samples: [UInt8] = []
    for byte in 0..<256 {
      if isBorder[byte] { samples.append(UInt8(byte)) }
      classOfByte[byte] = UInt8(samples.count - 1)
    }
    sampleOfClass = samples
    classCount = samples.count
  }

  /// The bytes that the grammar takes anywhere.
  package var bytes: Set<UInt8> {
    var bytes: Set<UInt8> = []
    for state in grammar.states { for edge in state.edges { bytes.formUnion(edge.low...edge.high) } }
    return bytes
  }

  /// The state before the first byte.
  package mutating func start() -> State {
    state(from: [frame(grammar.rules[grammar.root].start, below: Self.bottom)])
  }

  /// The state of a grammar's state alone, as if its rule were the whole grammar.
  package mutating func alone(_ state: Int32) -> State { self.state(from: [frame(state, below: Self.bottom)]) }

  /// The state of one stack alone.
  package mutating func state(ofStack stack: Int32) -> State {
    if let state = closed[stack] { return state }
    let state = state(from: [stack])
    closed[stack] = state
    return state
  }

  /// Whether a text may end in a state.
  package func isComplete(_ state: State) -> Bool { mayEnd[Int(state)] }

  /// Whether a text must end in a state.
  package func isFinished(_ state: State) -> Bool { sets[Int(state)].count == 1 && mayEnd[Int(state)] }

  /// The fewest bytes with which a text can end.
  package func distance(_ state: State) -> Int32 { shortest[Int(state)] }

  /// The stacks of a state but the empty one.
  package func stacks(_ state: State) -> [Int32] { sets[Int(state)].filter { $0 != Self.bottom } }

  /// The grammar's state on top of a stack, and the stack below.
  package func top(_ stack: Int32) -> (state: Int32, below: Int32) {
    (frames[Int(stack)].state, frames[Int(stack)].below)
  }

  /// The fewest bytes with which a stack is done.
  package func distance(ofStack stack: Int32) -> Int32 { distances[Int(stack)] }

  /// The state after one more byte, or `dead`.
  @inline(__always)
  package mutating func next(_ state: State, _ byte: UInt8) -> State {
    let place = Int(state) * classCount + Int(classOfByte[Int(byte)])
    let known = moves[place]
    return known == Self.unknown ? find(state, place) : known
  }

  /// The state after more bytes, or `dead`.
  package mutating func next(_ state: State, _ bytes: some Sequence<UInt8>) -> State {
    var state = state
    for byte in bytes {
      state = next(state, byte)
      if state == Self.dead { break }
    }
    return state
  }

  /// Whether a whole text follows the grammar.
  package mutating func accepts(_ text: String) -> Bool {
    let state = next(start(), text.utf8)
    return state != Self.dead && isComplete(state)
  }

  private mutating func find(_ state: State, _ place: Int) -> State {
    let byte = sampleOfClass[place % classCount]
    var targets: [Int32] = []
    for stack in sets[Int(state)] where stack != Self.bottom {
      let frame = frames[Int(stack)]
      for edge in grammar.states[Int(frame.state)].edges where edge.low <= byte && byte <= edge.high {
        targets.append(self.frame(edge.target, below: frame.below))
      }
    }
    let result = targets.isEmpty ? Self.dead : self.state(from: targets)
    moves[place] = result
    return result
  }

  private mutating func frame(_ state: Int32, below: Int32) -> Int32 {
    let frame = Frame(state: state, below: below)
    if let number = numberOfFrame[frame] { return number }
    let number = Int32(frames.count)
    frames.append(frame)
    distances.append(min(grammar.states[Int(state)].distance + distances[Int(below)], Grammar.far))
    numberOfFrame[frame] = number
    return number
  }

  /// Follows calls, ends of rules and jumps; keeps the stacks that take a byte, and the empty one.
  private mutating func state(from stacks: [Int32]) -> State {
    var found: Set<Int32> = []
    var waiting: [Int32] = []
    var kept: [Int32] = []
    func visit(_ stack: Int32) { if found.insert(stack).inserted { waiting.append(stack) } }
    for stack in stacks { visit(stack) }
    while let stack = waiting.popLast() {
      guard stack != Self.bottom else {
        kept.append(stack)
        continue
      }
      let (top, below) = (frames[Int(stack)].state, frames[Int(stack)].below)
      let state = grammar.states[Int(top)]
      if !state.edges.isEmpty { kept.append(stack) }
      if state.isFinal { visit(below) }
      for jump in state.jumps { visit(frame(jump, below: below)) }
      for call in state.calls {
        let after = grammar.states[Int(call.after)]
        // Where nothing comes behind a call, the called rule ends for both: the stack need not grow.
        let isLast = after.isFinal && after.edges.isEmpty && after.jumps.isEmpty && after.calls.isEmpty
        let under = isLast ? below : frame(call.after, below: below)
        visit(frame(grammar.rules[Int(call.rule)].start, below: under))
      }
    }
    kept.sort()
    if let number = numberOfSet[kept] { return number }
    let number = State(sets.count)
    numberOfSet[kept] = number
    sets.append(kept)
    shortest.append(kept.map { distances[Int($0)] }.min() ?? Grammar.far)
    mayEnd.append(kept.first == Self.bottom)
    moves.append(contentsOf: repeatElement(Self.unknown, count: classCount))
    return number
  }
}
