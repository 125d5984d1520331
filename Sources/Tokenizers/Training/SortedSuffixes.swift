/// The places of a text in the order of what follows them, up to the end of the segment and a longest piece.
struct SortedSuffixes {
  let text: TrainingText
  let longest: Int
  private(set) var places: [Int32]
  /// Sums of the counts of the segments that the suffixes before each stand in.
  private let weightBefore: [Int]

  /// A substring: the suffixes from `low` up to `high` begin with it.
  struct Repeat {
    let low: Int32
    let high: Int32
    let length: Int32
    let frequency: Int
  }

  init(of text: TrainingText, longest: Int) {
    self.text = text
    self.longest = longest
    // Most comparisons are settled by the first three scalars, packed into one number.
    var keyed: [(key: UInt64, place: Int32)] = []
    keyed.reserveCapacity(text.scalars.count)
    var counts: [Int] = Array(repeating: 0, count: text.scalars.count)
    for segment in text.counts.indices {
      for place in text.range(segment) {
        var key: UInt64 = 0
        var ended = false
        for offset in 0..<3 {
          ended = ended || text.scalars[place + offset] == TrainingText.end
          key = key << 21 | (ended ? 0 : UInt64(text.scalars[place + offset] + 1))
        }
        keyed.append((key, Int32(place)))
        counts[place] = text.counts[segment]
      }
    }
    text.scalars.withUnsafeBufferPointer { scalars in
      keyed.sort { left, right in
        if left.key != right.key { return left.key < right.key }
        // An end among the first three would be in the key of both.
        guard left.key & 0x1F_FFFF != 0 else { return left.place < right.place }
        var offset = 3
        while offset < longest {
          let a = scalars[Int(left.place) + offset]
          let b = scalars[Int(right.place) + offset]
          if a != b { return a &+ 1 < b &+ 1 }
          if a == TrainingText.end { break }
          offset += 1
        }
        return left.place < right.place
      }
    }
    places = keyed.map(\.place)
    var sum = 0
    var weightBefore = [0]
    weightBefore.reserveCapacity(places.count + 1)
    for place in places {
      sum += counts[Int(place)]
      weightBefore.append(sum)
    }
    self.weightBefore = weightBefore
  }

  /// The substrings of one scalar, and the longer ones that occur at least twice and are not always
  /// followed by the same scalar.
  func repeats() -> (characters: [Repeat], others: [Repeat]) {
    var characters: [Repeat] = []
    var others: [Repeat] = []
    func found(_ low: Int, _ high: Int, _ length: Int) {
      let frequency = weightBefore[high] - weightBefore[low]
      guard length >= 2, frequency >= 2 else { return }
      others.append(Repeat(low: Int32(low), high: Int32(high), length: Int32(length), frequency: frequency))
    }
    var open: [(length: Int, low: Int)] = []
    var first = 0
    var before = 0
    for index in places.indices {
      let after = index + 1 < places.count ? sharedPrefix(index, index + 1) : 0
      // The suffix itself, where no neighbour shares all of it.
      let length = suffixLength(index)
      if length > max(before, after) { found(index, index + 1, length) }
      if open.last.map({ $0.length < after }) ?? (after > 0) { open.append((after, index)) }
      while let last = open.last, last.length > after {
        open.removeLast()
        found(last.low, index + 1, last.length)
        if open.last.map({ $0.length < after }) ?? (after > 0) { open.append((after, last.low)) }
      }
      if after == 0 {
        let frequency = weightBefore[index + 1] - weightBefore[first]
        characters.append(
          Repeat(low: Int32(first), high: Int32(index + 1), length: 1, frequency: frequency))
        first = index + 1
      }
      before = after
    }
    return (characters, others)
  }

  private func suffixLength(_ index: Int) -> Int {
    let place = Int(places[index])
    var length = 0
    while length < longest, text.scalars[place + length] != TrainingText.end { length += 1 }
    return length
  }

  private func sharedPrefix(_ left: Int, _ right: Int) -> Int {
    let a = Int(places[left])
    let b = Int(places[right])
    var length = 0
    while length < longest, text.scalars[a + length] == text.scalars[b + length],
      text.scalars[a + length] != TrainingText.end
    {
      length += 1
    }
    return length
  }
}
