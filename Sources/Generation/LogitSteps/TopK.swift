import OrchardSettings

/// Keeps the most likely tokens, a fixed number of them (Fan, Lewis and Dauphin, "Hierarchical neural story
/// generation", 2018).
///
/// Tokens that tie with the last one kept are kept too.
public struct TopK: LogitStep {
  /// How many tokens are kept.
  public let count: Int

  /// A step that keeps `count` tokens.
  public init(_ count: Int) { self.count = count }

  /// Rules out every token below the `count`-th greatest logit.
  ///
  /// The vocabulary is not sorted: a heap of `count` numbers holds the greatest seen so far, its least on top.
  public func apply(to row: LogitRow) {
    guard count < row.logits.count else { return }
    let heap = UnsafeMutableBufferPointer(rebasing: row.scratch.numbers[..<count])
    for place in 0..<count { heap[place] = row.logits[place] }
    for place in stride(from: count / 2 - 1, through: 0, by: -1) { sink(place, in: heap) }
    for token in count..<row.logits.count where row.logits[token] > heap[0] {
      heap[0] = row.logits[token]
      sink(0, in: heap)
    }
    row.rule(outBelow: heap[0])
  }

  private func sink(_ start: Int, in heap: UnsafeMutableBufferPointer<Float>) {
    var place = start
    let value = heap[place]
    while true {
      var child = 2 * place + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < value else { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = value
  }

  static let kind = LogitStepKind(
    "top-k", "Keeps this many of the most likely tokens.", .range(1...), isWhole: true
  ) { TopK(Int($0)) }
}
