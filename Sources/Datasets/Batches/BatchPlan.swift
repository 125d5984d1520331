/// The batches of one epoch, a function of the lengths, the settings, the mixture and the epoch alone.
enum BatchPlan {
  /// Batches of similar lengths are formed within this many batches' worth of shuffled examples.
  static let group = 50

  static func batches(_ lengths: [SequenceLength], _ settings: BatchSettings, _ mixture: Mixture?, epoch: Int)
    -> [[Int]]
  {
    var order =
      mixture?.rows(epoch: epoch, seed: settings.seed, shuffled: settings.order != .sequential)
      ?? Array(lengths.indices)
    var random = SeededGenerator(
      seed: UInt64(truncatingIfNeeded: settings.seed), stream: UInt64(truncatingIfNeeded: epoch))
    if settings.order != .sequential { random.shuffle(&order) }
    guard settings.order == .grouped else { return cut(order, lengths, settings) }
    var batches: [[Int]] = []
    let stride = group * settings.size
    for start in Swift.stride(from: 0, to: order.count, by: stride) {
      let part = order[start..<min(start + stride, order.count)]
      // Equal lengths keep their shuffled order: the sort carries the place along.
      let sorted = part.enumerated().sorted { left, right in
        let (a, b) = (lengths[left.element], lengths[right.element])
        return (a.source, a.target, left.offset) < (b.source, b.target, right.offset)
      }
      batches += cut(sorted.map(\.element), lengths, settings)
    }
    random.shuffle(&batches)
    return batches
  }

  /// Cuts an order into batches of at most the size and the tokens that the settings allow.
  private static func cut(_ order: [Int], _ lengths: [SequenceLength], _ settings: BatchSettings) -> [[Int]] {
    var batches: [[Int]] = []
    var batch: [Int] = []
    var widest = SequenceLength(target: 0)
    for index in order {
      let length = lengths[index]
      let wider = SequenceLength(
        source: max(widest.source, length.source), target: max(widest.target, length.target))
      let isFull = batch.count == settings.size
      let isTooLarge = settings.maximumTokens.map { wider.total * (batch.count + 1) > $0 } ?? false
      if !batch.isEmpty, isFull || isTooLarge {
        batches.append(batch)
        batch = []
        widest = length
      } else {
        widest = wider
      }
      batch.append(index)
    }
    if !batch.isEmpty, !settings.dropLast || batch.count == settings.size || settings.maximumTokens != nil {
      batches.append(batch)
    }
    return batches
  }
}
