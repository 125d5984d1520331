import OrchardTokenizers

/// The bytes of all tokens in one context as a tree, laid out so that a walk runs forward through memory.
struct VocabularyTrie: Sendable {
  /// The byte that leads to each node; nodes stand in the order of a walk, a node's subtree right behind it.
  private(set) var bytes: [UInt8] = [0]
  /// How many bytes lead to each node.
  private(set) var depths: [UInt16] = [0]
  /// Where each node's subtree ends.
  private(set) var ends: [Int32] = [0]
  /// Where each node's tokens begin in `tokens`, and one number more.
  private(set) var firsts: [Int32] = [0]
  /// The tokens in the order of a walk.
  private(set) var tokens: [Int32] = []
  /// The context after each token of `tokens`.
  private(set) var nexts: [TokenPieces.Context] = []
  /// The longest token, in bytes.
  private(set) var depth = 0

  var nodeCount: Int { bytes.count }

  /// The tokens below `count` that add bytes in a context; `excluded` ones are left out.
  init(_ pieces: TokenPieces, in context: TokenPieces.Context, count: Int, excluding excluded: Set<Int>) {
    var text: [UInt8] = []
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for token in 0..<count where !excluded.contains(token) {
      guard let (bytes, next) = pieces.piece(of: token, in: context) else { continue }
      // A token that changes nothing could be repeated for ever.
      if bytes.isEmpty, next == context { continue }
      let start = Int32(text.count)
      text += bytes
      entries.append(Entry(start: start, count: Int32(bytes.count), token: Int32(token), next: next))
    }
    text.withUnsafeBufferPointer { text in
      entries.sort { $0.stands(before: $1, in: text) }
      build(entries, text)
    }
  }

  private struct Entry {
    let start: Int32
    let count: Int32
    let token: Int32
    let next: TokenPieces.Context

    func stands(before other: Entry, in text: UnsafeBufferPointer<UInt8>) -> Bool {
      let common = Int(min(count, other.count))
      for offset in 0..<common {
        let (a, b) = (text[Int(start) + offset], text[Int(other.start) + offset])
        if a != b { return a < b }
      }
      return (count, token) < (other.count, other.token)
    }
  }

  private mutating func build(_ entries: [Entry], _ text: UnsafeBufferPointer<UInt8>) {
    var path: [Int] = [0]
    for entry in entries {
      let start = Int(entry.start)
      let count = Int(entry.count)
      // How much of the path to the last token is shared.
      var shared = 0
      while shared < count, shared + 1 < path.count, bytes[path[shared + 1]] == text[start + shared] { shared += 1 }
      while path.count > shared + 1 { ends[path.removeLast()] = Int32(bytes.count) }
      for offset in shared..<max(shared, count) {
        path.append(bytes.count)
        bytes.append(text[start + offset])
        depths.append(UInt16(clamping: offset + 1))
        ends.append(0)
        firsts.append(Int32(tokens.count))
      }
      depth = max(depth, count)
      tokens.append(entry.token)
      nexts.append(entry.next)
    }
    while let node = path.popLast() { ends[node] = Int32(bytes.count) }
    firsts.append(Int32(tokens.count))
  }

  /// The node that a byte leads to from the root; nil where no token begins with it.
  func isToken(_ byte: UInt8) -> Bool {
    var node = 1
    while node < bytes.count {
      if bytes[node] == byte { return firsts[node] < firsts[node + 1] }
      node = Int(ends[node])
    }
    return false
  }
}
