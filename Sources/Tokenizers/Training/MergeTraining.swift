/// Learns the merges of byte-pair encoding: again and again the most frequent pair of neighbours becomes one token.
///
/// Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words with Subword Units" (2016). Of pairs that
/// are equally frequent, the one of the older tokens comes first, as in the `tokenizers` package.
struct MergeTraining {
  /// Two tokens by number that become one.
  typealias Merge = (left: Int32, right: Int32)

  /// The tokens of all words, one word after the other; a merged token leaves holes behind it.
  private var tokens: [Int32] = []
  /// Neighbours that are still there, -1 at a word's ends.
  private var next: [Int32] = []
  private var previous: [Int32] = []
  /// The count of the word that each place belongs to.
  private var weights: [Int] = []
  private var pairs: [UInt64: Pair] = [:]
  private var queue = PairQueue()
  private var numbers: [[UInt8]: Int32] = [:]
  private var lengths: [Int]
  private let longest: Int

  /// The texts of all tokens: the alphabet, then the merged ones.
  private(set) var vocabulary: [[UInt8]]
  /// The merges in the order in which they were learned.
  private(set) var merges: [Merge] = []

  private struct Pair {
    var count: Int
    /// Where the left token stands, or stood once.
    var places: [Int32]
  }

  /// - Parameters:
  ///   - words: The words as tokens of the alphabet, a negative token for a character outside it, and their counts.
  ///   - alphabet: The tokens there are at first, each of one character.
  ///   - longest: The characters of the longest token.
  init(words: [(tokens: [Int32], count: Int)], alphabet: [[UInt8]], longest: Int) {
    self.longest = longest
    vocabulary = alphabet
    lengths = Array(repeating: 1, count: alphabet.count)
    for (number, token) in alphabet.enumerated() { numbers[token] = Int32(number) }
    for word in words {
      let start = tokens.count
      for (offset, token) in word.tokens.enumerated() {
        tokens.append(token)
        previous.append(offset == 0 ? -1 : Int32(start + offset - 1))
        next.append(offset + 1 == word.tokens.count ? -1 : Int32(start + offset + 1))
        weights.append(word.count)
      }
    }
    for place in tokens.indices where next[place] >= 0 { add(Int32(place)) }
    for (key, pair) in pairs { queue.push(PairQueue.Entry(key: key, count: pair.count)) }
  }

  /// Learns merges until there are `size` tokens, or no pair occurs twice any more.
  ///
  /// - Parameters:
  ///   - size: How many tokens to end with, the alphabet included.
  ///   - progress: Takes the number of tokens after each merge.
  mutating func run(to size: Int, progress: (Int) -> Void) {
    while vocabulary.count < size, let top = queue.pop() {
      guard let pair = pairs[top.key], pair.count == top.count else { continue }
      if pair.count < 2 { break }
      let merge: Merge = (Int32(top.key >> 32), Int32(truncatingIfNeeded: top.key))
      pairs[top.key] = nil
      let length = lengths[Int(merge.left)] + lengths[Int(merge.right)]
      guard length <= longest else { continue }
      join(merge, as: token(of: merge, length: length), at: pair.places)
      merges.append(merge)
      progress(vocabulary.count)
    }
  }

  /// The token that a merge makes; another merge may have made it before.
  private mutating func token(of merge: Merge, length: Int) -> Int32 {
    let text = vocabulary[Int(merge.left)] + vocabulary[Int(merge.right)]
    if let known = numbers[text] { return known }
    let number = Int32(vocabulary.count)
    numbers[text] = number
    vocabulary.append(text)
    lengths.append(length)
    return number
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// Counts the pair that begins at `place`.
  private mutating func add(_ place: Int32) {
    let left = tokens[Int(place)]
    let right = tokens[Int(next[Int(place)])]
    guard left >= 0, right >= 0 else { return }
    let weight = weights[Int(place)]
    pairs[Self.key(left, right), default: Pair(count: 0, places: [])].count += weight
    pairs[Self.key(left, right)]?.places.append(place)
  }

  /// Uncounts the pair that begins at `place`, which is about to go.
  private mutating func remove(_ place: Int32, changed: inout Set<UInt64>) {
    let key = Self.key(tokens[Int(place)], tokens[Int(next[Int(place)])])
    if pairs[key] != nil {
      pairs[key]?.count -= weights[Int(place)]
      changed.insert(key)
    }
  }

  private mutating func join(_ merge: Merge, as token: Int32, at places: [Int32]) {
    var changed: Set<UInt64> = []
    for place in places.sorted() {
      let right = next[Int(place)]
      guard tokens[Int(place)] == merge.left, right >= 0, tokens[Int(right)] == merge.right else { continue }
      let before = previous[Int(place)]
      let after = next[Int(right)]
      if before >= 0 { remove(before, changed: &changed) }
      if after >= 0 { remove(right, changed: &changed) }
      tokens[Int(place)] = token
      tokens[Int(right)] = Self.hole
      next[Int(place)] = after
      if after >= 0 { previous[Int(after)] = place }
      if before >= 0 {
        add(before)
        changed.insert(Self.key(tokens[Int(before)], token))
      }
      if after >= 0 {
        add(place)
        changed.insert(Self.key(token, tokens[Int(after)]))
      }
    }
    for key in changed {
      if let pair = pairs[key], pair.count > 0 { queue.push(PairQueue.Entry(key: key, count: pair.count)) }
    }
  }

  /// Stands where a token was merged into the one before; no pair has it.
  private static let hole: Int32 = -2
}

/// Pairs by count, the most frequent first; an entry whose count is no longer true is left to its owner to skip.
private struct PairQueue {
  struct Entry {
    let key: UInt64
    let count: Int
  }

  private var heap: [Entry] = []

  private func precedes(_ a: Entry, _ b: Entry) -> Bool { a.count != b.count ? a.count > b.count : a.key < b.key }

  mutating func push(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard precedes(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> Entry? {
    guard let top = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return top }
    heap[0] = last
    var parent = 0
    while true {
      var first = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(heap[child], heap[first]) {
        first = child
      }
      if first == parent { return top }
      heap.swapAt(parent, first)
      parent = first
    }
  }
}
