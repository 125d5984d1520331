/// The tokens of words seen before: a text repeats its words, and a model takes far longer than a look here.
struct WordCache: Sendable {
  private struct Entry: Sendable {
    var hash: UInt64
    var word: Int32
    var wordCount: Int32
    var tokens: Int32
    var tokenCount: Int32
  }

  private var entries: [Entry] = []
  private var slots: [Int32]
  private var words: [UInt8] = []
  private var run = TokenRun()

  /// Longer words are rarely seen again.
  private static let longestWord = 64
  private static let mostEntries = 1 << 16

  init() { slots = Array(repeating: -1, count: 1 << 12) }

  /// Appends the tokens of a word, from the cache or else from `model`.
  @inline(__always)
  mutating func tokenize(
    _ word: UnsafeBufferPointer<UInt8>, with model: any VocabularyModel, into out: inout TokenRun,
    at offset: Int, tracked: Bool, scratch: inout ModelScratch
  ) {
    guard word.count <= Self.longestWord else {
      let first = out.ids.count
      model.tokenize(word, into: &out, scratch: &scratch)
      if tracked { out.shift(from: first, by: offset) }
      return
    }
    let hash = ByteHash.hash(word)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let entry = entries[Int(slots[slot])]
      if entry.hash == hash, Int(entry.wordCount) == word.count,
        words.withUnsafeBufferPointer({ ByteHash.equal(word, $0, at: Int(entry.word)) })
      {
        copy(entry, into: &out, at: offset, tracked: tracked)
        return
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    let entry = learn(word, hash, model, &scratch)
    copy(entry, into: &out, at: offset, tracked: tracked)
  }

  @inline(__always)
  private func copy(_ entry: Entry, into out: inout TokenRun, at offset: Int, tracked: Bool) {
    let start = Int(entry.tokens)
    for place in start..<start + Int(entry.tokenCount) {
      out.ids.append(run.ids[place])
      if tracked {
        out.starts.append(run.starts[place] + Int32(truncatingIfNeeded: offset))
        out.ends.append(run.ends[place] + Int32(truncatingIfNeeded: offset))
      }
    }
  }

  private mutating func learn(
    _ word: UnsafeBufferPointer<UInt8>, _ hash: UInt64, _ model: any VocabularyModel, _ scratch: inout ModelScratch
  ) -> Entry {
    if entries.count >= Self.mostEntries { self = WordCache() }
    if entries.count * 2 >= slots.count { grow() }
    let first = run.ids.count
    model.tokenize(word, into: &run, scratch: &scratch)
    let entry = Entry(
      hash: hash, word: Int32(words.count), wordCount: Int32(word.count), tokens: Int32(first),
      tokenCount: Int32(run.ids.count - first))
    words.append(contentsOf: word)
    insert(hash, Int32(entries.count))
    entries.append(entry)
    return entry
  }

  private mutating func insert(_ hash: UInt64, _ number: Int32) {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = number
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 4)
    for (number, entry) in entries.enumerated() { insert(entry.hash, Int32(number)) }
  }
}

extension TokenRun {
  mutating func shift(from first: Int, by offset: Int) {
    for place in first..<ids.count {
      starts[place] += Int32(truncatingIfNeeded: offset)
      ends[place] += Int32(truncatingIfNeeded: offset)
    }
  }
}
