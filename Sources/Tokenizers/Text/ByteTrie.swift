/// Byte strings with numbers, as a double array: a step costs one look at memory.
///
/// After J. Aoe, "An Efficient Digital Search Algorithm by Using a Double-Array Structure" (1989).
struct ByteTrie: Sendable {
  /// The place of a node's children: the child for byte `b` stands at `base + b`.
  private var base: [Int32]
  /// The parent of each used place, -1 for a free one.
  private var parent: [Int32]
  /// The number of the string that ends at a node, or -1.
  private var value: [Int32]

  static let root: Int32 = 0

  /// The given strings; where one stands twice, the later number holds.
  init(_ entries: some Sequence<(token: ArraySlice<UInt8>, number: Int)>) {
    base = []
    parent = []
    value = []
    var builder = Builder(entries)
    builder.build()
    base = builder.base
    parent = builder.parent
    value = builder.value
  }

  /// The child of `node` for a byte, or -1.
  @inline(__always)
  func child(_ node: Int32, _ byte: UInt8) -> Int32 {
    let place = base[Int(node)] &+ Int32(byte)
    return parent[Int(place)] == node ? place : -1
  }

  /// The number of the string that ends at `node`, or -1.
  @inline(__always)
  func number(_ node: Int32) -> Int32 { value[Int(node)] }

  /// The node reached by `bytes`, or nil.
  func node(_ bytes: some Sequence<UInt8>) -> Int32? {
    var node = Self.root
    for byte in bytes {
      node = child(node, byte)
      if node < 0 { return nil }
    }
    return node
  }

  /// Unchecked views for a hot loop.
  @inline(__always)
  func withWalker<Result>(_ body: (Walker) -> Result) -> Result {
    base.withUnsafeBufferPointer { base in
      parent.withUnsafeBufferPointer { parent in
        value.withUnsafeBufferPointer { value in body(Walker(base: base, parent: parent, value: value)) }
      }
    }
  }

  struct Walker {
    let base: UnsafeBufferPointer<Int32>
    let parent: UnsafeBufferPointer<Int32>
    let value: UnsafeBufferPointer<Int32>

    @inline(__always)
    func child(_ node: Int32, _ byte: UInt8) -> Int32 {
      let place = base[Int(node)] &+ Int32(byte)
      return parent[Int(place)] == node ? place : -1
    }
  }
}

extension ByteTrie {
  /// Fills the arrays from sorted strings.
  private struct Builder {
    var base: [Int32] = []
    var parent: [Int32] = []
    var value: [Int32] = []
    /// A ring of free places: the next and the previous free one of each.
    private var next: [Int32] = []
    private var previous: [Int32] = []
    private var strings: [UInt8] = []
    private var keys: [Key] = []
    /// One more than the highest place in use.
    private var end: Int32 = 1

    private struct Key {
      /// The first eight bytes, so that most comparisons are one.
      var head: UInt64
      var start: Int32
      var count: Int32
      var number: Int32
    }

    init(_ entries: some Sequence<(token: ArraySlice<UInt8>, number: Int)>) {
      for (token, number) in entries {
        let start = strings.count
        strings.append(contentsOf: token)
        var head: UInt64 = 0
        for offset in 0..<8 { head = head << 8 | (offset < token.count ? UInt64(strings[start + offset]) : 0) }
        keys.append(Key(head: head, start: Int32(start), count: Int32(token.count), number: Int32(number)))
      }
      strings.withUnsafeBufferPointer { strings in
        keys.sort { left, right in
          if left.head != right.head { return left.head < right.head }
          let a = UnsafeBufferPointer(rebasing: strings[Int(left.start)..<Int(left.start + left.count)])
          let b = UnsafeBufferPointer(rebasing: strings[Int(right.start)..<Int(right.start + right.count)])
          if a.elementsEqual(b) { return left.number < right.number }
          return a.lexicographicallyPrecedes(b)
        }
      }
    }

    mutating func build() {
      grow(to: max(1024, strings.count / 2))
      use(0, parent: -2)
      var work: [(node: Int32, low: Int, high: Int, depth: Int32)] = [(0, 0, keys.count, 0)]
      var labels: [(byte: UInt8, low: Int, high: Int)] = []
      while let (node, low, high, depth) = work.popLast() {
        labels.removeAll(keepingCapacity: true)
        var place = low
        while place < high, keys[place].count == depth {
          value[Int(node)] = keys[place].number
          place += 1
        }
        while place < high {
          let byte = strings[Int(keys[place].start + depth)]
          let start = place
          while place < high, strings[Int(keys[place].start + depth)] == byte { place += 1 }
          labels.append((byte, start, place))
        }
        guard !labels.isEmpty else { continue }
        let found = room(for: labels.map(\.byte))
        base[Int(node)] = found
        for label in labels {
          let child = found + Int32(label.byte)
          use(child, parent: node)
          work.append((child, label.low, label.high, depth + 1))
        }
      }
      // A walker may look up to 255 places past any base.
      grow(to: Int(base.max() ?? 0) + 256)
    }

    /// Makes more free places and puts them at the end of the ring, whose head is place 0.
    private mutating func grow(to size: Int) {
      guard size > base.count else { return }
      let old = base.count
      base.append(contentsOf: repeatElement(0, count: size - old))
      parent.append(contentsOf: repeatElement(-1, count: size - old))
      value.append(contentsOf: repeatElement(-1, count: size - old))
      next.append(contentsOf: repeatElement(0, count: size - old))
      previous.append(contentsOf: repeatElement(0, count: size - old))
      for place in old..<size where place > 0 {
        let last = previous[0]
        next[Int(last)] = Int32(place)
        previous[place] = last
        next[place] = 0
        previous[0] = Int32(place)
      }
    }

    private mutating func use(_ place: Int32, parent node: Int32) {
      if Int(place) >= base.count { grow(to: max(Int(place) + 1, base.count * 3 / 2)) }
      parent[Int(place)] = node
      end = max(end, place + 1)
      guard place > 0 else { return }
      next[Int(previous[Int(place)])] = next[Int(place)]
      previous[Int(next[Int(place)])] = previous[Int(place)]
    }

    /// A base from which all of `labels` fall on free places.
    private func room(for labels: [UInt8]) -> Int32 {
      let first = Int32(labels[0])
      var place = next[0]
      var tries = 0
      while place != 0 {
        let candidate = place - first
        if candidate > 0, labels.allSatisfy({ isFree(candidate + Int32($0)) }) { return candidate }
        tries += 1
        // The front of the ring fills up with places that suit few nodes: past some tries, take fresh ones.
        if tries > 256, labels.count > 1 { break }
        place = next[Int(place)]
      }
      return max(end - first, 1)
    }

    private func isFree(_ place: Int32) -> Bool {
      Int(place) >= parent.count || (place > 0 && parent[Int(place)] < 0)
    }
  }
}
