/// Memory for logit steps, allocated once for a whole generation.
public final class LogitScratch {
  /// Room for one number of every token.
  public let numbers: UnsafeMutableBufferPointer<Float>
  /// Room for another number of every token.
  public let others: UnsafeMutableBufferPointer<Float>
  /// Room for the row's logits themselves.
  let row: UnsafeMutableBufferPointer<Float>
  private var marks: [UInt32]
  private var counts: [Int32]
  private var mark: UInt32 = 0

  /// Memory for a vocabulary of a size.
  public init(vocabularySize: Int) {
    numbers = .allocate(capacity: vocabularySize)
    others = .allocate(capacity: vocabularySize)
    row = .allocate(capacity: vocabularySize)
    for memory in [numbers, others, row] { memory.initialize(repeating: 0) }
    marks = Array(repeating: 0, count: vocabularySize)
    counts = Array(repeating: 0, count: vocabularySize)
  }

  deinit { for memory in [numbers, others, row] { memory.deallocate() } }

  /// Calls `body` once for each different token of `tokens` that is in the vocabulary.
  public func forEachDifferent(_ tokens: some Collection<Int>, _ body: (Int) -> Void) {
    nextMark()
    for token in tokens where marks.indices.contains(token) && marks[token] != mark {
      marks[token] = mark
      body(token)
    }
  }

  /// Calls `body` once for each different token of `tokens` that is in the vocabulary, with how often it stands there.
  public func forEachCounted(_ tokens: some Collection<Int>, _ body: (_ token: Int, _ count: Int) -> Void) {
    nextMark()
    for token in tokens where marks.indices.contains(token) {
      if marks[token] != mark { counts[token] = 0 }
      marks[token] = mark
      counts[token] += 1
    }
    nextMark()
    for token in tokens where marks.indices.contains(token) && marks[token] != mark {
      marks[token] = mark
      body(token, Int(counts[token]))
    }
  }

  private func nextMark() {
    mark &+= 1
    if mark == 0 {
      marks = Array(repeating: 0, count: marks.count)
      mark = 1
    }
  }
}
