import OrchardGrammars
import OrchardTokenizers

/// Which tokens a grammar allows: walks the vocabulary's tree beside the grammar's machine, and remembers.
///
/// A token may span several parts of the grammar, or end within one. What a token does inside the part on top of a
/// stack does not depend on what lies below; so it is found once for each such part, and only the tokens that reach
/// beyond its end are walked again for each stack (after Y. Dong et al., "XGrammar", 2024).
struct TokenMasks: Sendable {
  /// Allowed tokens, a bit each, and the most bytes that any of them leaves to be written.
  struct Mask: Sendable {
    var bits: [UInt64]
    var farthest: Int32
  }

  private struct Part: Sendable {
    var mask: Mask
    /// The nodes of the tree at which the part has come to its end.
    var exits: [Int32]
  }

  private(set) var machine: GrammarMachine
  let vocabulary: TokenVocabulary
  private var parts: [Int32: Part] = [:]
  private var masks: [Int32: Mask] = [:]
  private var way: [Int32] = []

  init(_ machine: GrammarMachine, _ vocabulary: TokenVocabulary) {
    self.machine = machine
    self.vocabulary = vocabulary
  }

  var noBits: [UInt64] { Array(repeating: 0, count: (vocabulary.size + 63) / 64) }

  mutating func start() -> Int32 { machine.start() }

  mutating func next(_ state: Int32, _ bytes: [UInt8]) -> Int32 { machine.next(state, bytes) }

  /// Whether each byte that the grammar asks for has a token of its own: then whatever is begun can be finished, with
  /// at most as many tokens as bytes.
  mutating func writesEveryByte() -> Bool {
    let trie = vocabulary.trie(.later)
    return trie.nexts.allSatisfy { $0 == .later } && machine.bytes.allSatisfy { trie.isToken($0) }
  }

  /// The tokens that may stand where some tokens stand before.
  mutating func mask(_ state: Int32) -> Mask {
    if let mask = masks[state] { return mask }
    if masks.count * vocabulary.size > Self.mostRemembered { masks = [:] }
    let trie = vocabulary.trie(.later)
    var mask = Mask(bits: noBits, farthest: 0)
    for stack in machine.stacks(state) {
      let (top, below) = machine.top(stack)
      let part = part(top, trie)
      for word in mask.bits.indices { mask.bits[word] |= part.mask.bits[word] }
      mask.farthest = max(mask.farthest, part.mask.farthest + machine.distance(ofStack: below))
      guard below != GrammarMachine.bottom else { continue }
      let state = machine.state(ofStack: below)
      for exit in part.exits {
        walk(trie, below: Int(exit), from: state) { machine, node, state in
          Self.add(trie, node, machine.distance(state), to: &mask)
        }
      }
    }
    masks[state] = mask
    return mask
  }

  /// Bits of masks, about 64 MB of them.
  private static let mostRemembered = 1 << 29

  private mutating func part(_ top: Int32, _ trie: VocabularyTrie) -> Part {
    if let part = parts[top] { return part }
    if parts.count * vocabulary.size > Self.mostRemembered { parts = [:] }
    var part = Part(mask: Mask(bits: noBits, farthest: 0), exits: [])
    walk(trie, below: 0, from: machine.alone(top)) { machine, node, state in
      Self.add(trie, node, machine.distance(state), to: &part.mask)
      if machine.isComplete(state) { part.exits.append(Int32(node)) }
    }
    parts[top] = part
    return part
  }

  @inline(__always)
  private static func add(_ trie: VocabularyTrie, _ node: Int, _ distance: Int32, to mask: inout Mask) {
    let first = Int(trie.firsts[node])
    let end = Int(trie.firsts[node + 1])
    guard first < end else { return }
    mask.farthest = max(mask.farthest, distance)
    for place in first..<end {
      let token = Int(trie.tokens[place])
      mask.bits[token >> 6] |= 1 << UInt64(token & 63)
    }
  }

  /// Calls `visit` for each node below one whose bytes the grammar takes, with the state that they lead to.
  @inline(__always)
  mutating func walk(
    _ trie: VocabularyTrie, below root: Int, from state: Int32,
    _ visit: (_ machine: GrammarMachine, _ node: Int, _ state: Int32) -> Void
  ) {
    if way.count <= trie.depth { way = Array(repeating: 0, count: trie.depth + 1) }
    way[Int(trie.depths[root])] = state
    var node = root + 1
    let end = Int(trie.ends[root])
    while node < end {
      let depth = Int(trie.depths[node])
      let next = machine.next(way[depth - 1], trie.bytes[node])
      if next < 0 {
        node = Int(trie.ends[node])
      } else {
        way[depth] = next
        visit(machine, node, next)
        node += 1
      }
    }
  }
}
