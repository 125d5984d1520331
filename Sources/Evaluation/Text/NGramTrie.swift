/// Counts the n-grams of all orders up to a limit that a prediction shares with its references.
///
/// An n-gram is a path in a trie: its node is found from its prefix's node and its last symbol, so one table
/// serves all orders and a prefix that does not occur ends the search for everything longer.
package struct NGramTrie {
  private struct Slot {
    var key: UInt64 = 0
    var round: UInt32 = 0
    var node: Int32 = 0
  }

  /// Occurrences of one n-gram: in the reference being read, and the most in any reference.
  private struct Node {
    var reference: Int32
    var current: Int32
    var most: Int32
  }

  private let order: Int
  private var slots: [Slot]
  private var round: UInt32 = 1
  private var nodes: [Node]
  private var references: Int32 = 0

  /// A trie for n-grams of up to `order` symbols.
  package init(order: Int) {
    self.order = order
    slots = Array(repeating: Slot(), count: 1024)
    nodes = [Node(reference: -1, current: 0, most: 0)]
  }

  /// Forgets all n-grams.
  package mutating func removeAll() {
    round &+= 1
    if round == 0 {
      slots = Array(repeating: Slot(), count: slots.count)
      round = 1
    }
    nodes.removeLast(nodes.count - 1)
    references = 0
  }

  /// Reads one reference; of several, each n-gram's largest count holds.
  package mutating func add(reference: [UInt32]) {
    for start in 0..<reference.count {
      var node: Int32 = 0
      for place in start..<min(start + order, reference.count) {
        node = child(of: node, reference[place])
        if nodes[Int(node)].reference != references {
          nodes[Int(node)].reference = references
          nodes[Int(node)].current = 0
        }
        nodes[Int(node)].current += 1
        nodes[Int(node)].most = max(nodes[Int(node)].most, nodes[Int(node)].current)
      }
    }
    references += 1
  }

  /// Adds to `matches[n - 1]` the number of n-grams of the prediction that the references hold.
  ///
  /// Each is counted at most as often as a reference holds it. The counts are used up: call it once.
  package mutating func takeMatches(prediction: [UInt32], into matches: inout [Int]) {
    for start in 0..<prediction.count {
      var node: Int32 = 0
      for place in start..<min(start + order, prediction.count) {
        guard let next = existingChild(of: node, prediction[place]) else { break }
        node = next
        if nodes[Int(node)].most > 0 {
          nodes[Int(node)].most -= 1
          matches[place - start] += 1
        }
      }
    }
  }

  /// The number of n-grams of order `order` in a sequence of `length` symbols.
  package static func total(length: Int, order: Int) -> Int { max(0, length - order + 1) }

  private mutating func child(of parent: Int32, _ symbol: UInt32) -> Int32 {
    let key = NGramTrie.key(parent, symbol)
    var slot = place(of: key)
    while slots[slot].round == round {
      if slots[slot].key == key { return slots[slot].node }
      slot = (slot + 1) & (slots.count - 1)
    }
    let node = Int32(nodes.count)
    nodes.append(Node(reference: -1, current: 0, most: 0))
    slots[slot] = Slot(key: key, round: round, node: node)
    if nodes.count * 2 > slots.count { grow() }
    return node
  }

  private func existingChild(of parent: Int32, _ symbol: UInt32) -> Int32? {
    let key = NGramTrie.key(parent, symbol)
    var slot = place(of: key)
    while slots[slot].round == round {
      if slots[slot].key == key { return slots[slot].node }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: old.count * 2)
    for entry in old where entry.round == round {
      var slot = place(of: entry.key)
      while slots[slot].round == round { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = entry
    }
  }

  @inline(__always)
  private static func key(_ parent: Int32, _ symbol: UInt32) -> UInt64 {
    UInt64(UInt32(bitPattern: parent)) << 32 | UInt64(symbol)
  }

  @inline(__always)
  private func place(of key: UInt64) -> Int {
    let mixed = key &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 32) & (slots.count - 1)
  }
}
