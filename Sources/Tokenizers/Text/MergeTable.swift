import OrchardJSON

/// Which pairs of tokens merge, when, and into what.
struct MergeTable: Sendable {
  /// Open addressing by the two numbers of a pair; an empty slot has the key `UInt64.max`.
  private var keys: [UInt64]
  /// The rank of a merge in the upper half, the token it makes in the lower.
  private var results: [UInt64]
  private let shift: UInt64
  /// Whether no merge joins something to the left of U+2581 that does not end in it.
  private(set) var stayInWords = true

  static let none = UInt64.max

  /// Reads the merges of a byte-pair model: a list of pairs, or of texts with a space in between.
  init(_ settings: StageSettings, _ vocabulary: Vocabulary, prefix: [UInt8]) throws {
    let entries = try settings.array("merges")
    var bits: UInt64 = 4
    while 1 << bits < entries.count * 2 { bits += 1 }
    shift = 64 - bits
    keys = Array(repeating: Self.none, count: 1 << bits)
    results = Array(repeating: 0, count: 1 << bits)
    let opening: [UInt8] = [0xE2, 0x96, 0x81]
    var left: [UInt8] = []
    var right: [UInt8] = []
    var joined: [UInt8] = []
    for (rank, entry) in entries.enumerated() {
      guard Self.read(entry, &left, &right) else {
        throw settings.problem("merge \(rank + 1) should be two tokens with a space in between, or a list of two.")
      }
      joined.removeAll(keepingCapacity: true)
      joined.append(contentsOf: left)
      joined.append(contentsOf: right.dropFirst(prefix.count))
      func number(_ token: [UInt8]) throws -> UInt64 {
        let number = token.withUnsafeBufferPointer { vocabulary.number(of: $0) }
        guard number >= 0 else {
          let text = String(decoding: token, as: UTF8.self)
          throw settings.problem("merge \(rank + 1) needs the token “\(text)”, which is not in the vocabulary.")
        }
        return UInt64(number)
      }
      insert(try number(left) << 32 | number(right), try UInt64(rank) << 32 | number(joined))
      if right.starts(with: opening), !left.reversed().starts(with: opening.reversed()) { stayInWords = false }
      // A token with an opening inside, such as a whole phrase, may itself be a part: look at it too.
      if Self.hasInnerOpening(left, opening) || Self.hasInnerOpening(right, opening) { stayInWords = false }
    }
  }

  private static func read(_ entry: JSONValue, _ left: inout [UInt8], _ right: inout [UInt8]) -> Bool {
    left.removeAll(keepingCapacity: true)
    right.removeAll(keepingCapacity: true)
    switch entry {
    case .string(let text):
      let parts = text.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return false }
      left.append(contentsOf: parts[0])
      right.append(contentsOf: parts[1])
    case .array(let pair):
      guard pair.count == 2, let first = pair[0].string, let second = pair[1].string else { return false }
      left.append(contentsOf: first.utf8)
      right.append(contentsOf: second.utf8)
    default: return false
    }
    return true
  }

  private static func hasInnerOpening(_ token: [UInt8], _ opening: [UInt8]) -> Bool {
    guard token.count > opening.count else { return false }
    for place in 1...token.count - opening.count
    where token[place] == opening[0] && token[place...].starts(with: opening) {
      if !token[..<place].reversed().starts(with: opening.reversed()) { return true }
    }
    return false
  }

  private mutating func insert(_ key: UInt64, _ result: UInt64) {
    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift)
    while keys[slot] != Self.none, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
    keys[slot] = key
    results[slot] = result
  }

  /// The rank and the token of a pair's merge, or `none`.
  @inline(__always)
  func result(_ left: Int32, _ right: Int32) -> UInt64 {
    let key = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift)
    while true {
      if keys[slot] == key { return results[slot] }
      if keys[slot] == Self.none { return Self.none }
      slot = (slot + 1) & (keys.count - 1)
    }
  }

  /// Merges a short list: every round takes the pair of the lowest rank, the leftmost of equals.
  func mergeFew(_ symbols: inout [BytePairModel.Symbol]) {
    let count = symbols.count
    guard count > 1 else { return }
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { results in
      symbols.withUnsafeMutableBufferPointer { symbols in
        var left = count
        for place in 0..<count - 1 { results[place] = result(symbols[place].id, symbols[place + 1].id) }
        while left > 1 {
          var lowest = Self.none
          var found = 0
          for place in 0..<left - 1 where results[place] < lowest {
            lowest = results[place]
            found = place
          }
          if lowest == Self.none { break }
          symbols[found].id = Int32(truncatingIfNeeded: lowest & 0xFFFF_FFFF)
          symbols[found].count += symbols[found + 1].count
          left -= 1
          for place in found + 1..<max(left, found + 1) {
            symbols[place] = symbols[place + 1]
            results[place] = results[place + 1]
          }
          if found > 0 { results[found - 1] = result(symbols[found - 1].id, symbols[found].id) }
          if found + 1 < left { results[found] = result(symbols[found].id, symbols[found + 1].id) }
        }
        for place in left..<count { symbols[place].count = 0 }
      }
    }
  }

  /// Merges a long list by a queue of pairs, lowest rank first, then leftmost.
  func mergeMany(_ scratch: inout ModelScratch) {
    let count = scratch.symbols.count
    scratch.heap.removeAll(keepingCapacity: true)
    scratch.symbols.withUnsafeMutableBufferPointer { symbols in
      for place in 0..<count {
        symbols[place].previous = Int32(place - 1)
        symbols[place].next = place + 1 < count ? Int32(place + 1) : -1
      }
      func key(_ place: Int32) -> UInt64? {
        guard place >= 0, symbols[Int(place)].next >= 0 else { return nil }
        let found = result(symbols[Int(place)].id, symbols[Int(symbols[Int(place)].next)].id)
        return found == Self.none ? nil : (found & 0xFFFF_FFFF_0000_0000) | UInt64(UInt32(place))
      }
      for place in 0..<Int32(count) {
        if let key = key(place) { scratch.heap.append(key) }
      }
      scratch.heap.heapify()
      while let top = scratch.heap.popLowest() {
        let place = Int32(truncatingIfNeeded: top & 0xFFFF_FFFF)
        let here = Int(place)
        guard symbols[here].count > 0, symbols[here].next >= 0 else { continue }
        let right = Int(symbols[here].next)
        let found = result(symbols[here].id, symbols[right].id)
        // The pair may have changed since it was queued.
        guard found != Self.none, found >> 32 == top >> 32 else { continue }
        symbols[here].id = Int32(truncatingIfNeeded: found & 0xFFFF_FFFF)
        symbols[here].count += symbols[right].count
        symbols[here].next = symbols[right].next
        symbols[right].count = 0
        if symbols[right].next >= 0 { symbols[Int(symbols[right].next)].previous = place }
        if let key = key(symbols[here].previous) { scratch.heap.pushLowest(key) }
        if let key = key(place) { scratch.heap.pushLowest(key) }
      }
    }
  }
}

/// A list as a binary heap with the lowest number first.
extension [UInt64] {
  fileprivate mutating func heapify() {
    guard count > 1 else { return }
    for place in stride(from: count / 2 - 1, through: 0, by: -1) { siftDown(place) }
  }

  fileprivate mutating func pushLowest(_ value: UInt64) {
    append(value)
    var place = count - 1
    while place > 0, self[(place - 1) / 2] > self[place] {
      swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  fileprivate mutating func popLowest() -> UInt64? {
    guard let lowest = first else { return nil }
    let last = removeLast()
    if !isEmpty {
      self[0] = last
      siftDown(0)
    }
    return lowest
  }

  private mutating func siftDown(_ start: Int) {
    var place = start
    while true {
      var child = place * 2 + 1
      guard child < count else { return }
      if child + 1 < count, self[child + 1] < self[child] { child += 1 }
      guard self[child] < self[place] else { return }
      swapAt(place, child)
      place = child
    }
  }
}
