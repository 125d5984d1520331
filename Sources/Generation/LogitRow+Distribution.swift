import Foundation
import OrchardTensors

/// A row's logits as a probability distribution.
struct RowDistribution {
  /// The greatest logit.
  let greatest: Float
  /// The sum of `exp(logit − greatest)` over the vocabulary.
  let total: Double
  /// The entropy, in nats.
  let entropy: Double

  /// The logarithm of the sum of `exp(logit)`.
  var logSum: Double { Double(greatest) + log(total) }
}

extension LogitRow {
  /// The greatest logit.
  public var greatest: Float { RowKernels.greatest(logits) }

  /// The `count`-th greatest logit, or the least where there are no more.
  ///
  /// The vocabulary is not sorted: a heap of `count` numbers holds the greatest seen so far, its least on top. The heap
  /// stays behind in `scratch.numbers`, in no order.
  public func greatest(_ count: Int) -> Float {
    if count == 1 { return greatest }
    let count = min(count, logits.count)
    let heap = UnsafeMutableBufferPointer(rebasing: scratch.numbers[..<count])
    for place in 0..<count { heap[place] = logits[place] }
    for place in stride(from: count / 2 - 1, through: 0, by: -1) { Self.sink(place, in: heap) }
    for token in count..<logits.count where logits[token] > heap[0] {
      heap[0] = logits[token]
      Self.sink(0, in: heap)
    }
    return heap[0]
  }

  private static func sink(_ start: Int, in heap: UnsafeMutableBufferPointer<Float>) {
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

  /// Writes `exp(logit − greatest)` of every token into `scratch.numbers`; tells their sum and the entropy.
  func distribution() -> RowDistribution {
    let greatest = greatest
    let (total, moment) = RowKernels.exponentials(of: logits, greatest: greatest, into: scratch.numbers)
    return RowDistribution(greatest: greatest, total: total, entropy: log(total) - moment / total)
  }

  /// The place in whose part of the cumulative sum of `weights` the target falls.
  ///
  /// Blocks are passed over by their sums, which need no order, before one is walked.
  private static func place(of target: Double, in weights: UnsafeMutableBufferPointer<Float>) -> Int {
    var rest = target
    var last = 0
    for start in stride(from: 0, to: weights.count, by: 256) {
      let block = start..<min(start + 256, weights.count)
      var sums = SIMD8<Double>.zero
      for place in stride(from: block.lowerBound, to: block.upperBound - 7, by: 8) {
        for lane in 0..<8 { sums[lane] += Double(weights[place + lane]) }
      }
      var sum = sums.sum()
      for place in (block.upperBound - block.count % 8)..<block.upperBound { sum += Double(weights[place]) }
      // By a hair's breadth more than the sum, since it is added up in another order than in the walk.
      if rest > sum * (1 + 1e-12) {
        rest -= sum
        continue
      }
      for place in block where weights[place] > 0 {
        last = place
        rest -= Double(weights[place])
        if rest < 0 { return place }
      }
    }
    return weights[last] > 0 ? last : weights.lastIndex { $0 > 0 } ?? 0
  }

  /// The likeliest token, or, for a `draw` from 0 to below 1, the one in whose part of the cumulative distribution it
  /// falls; with the token's log-probability.
  ///
  /// Logits that are no numbers give a log-probability that is none.
  package func choose(_ draw: Double?) -> (token: Int, logProbability: Float) {
    let distribution = distribution()
    let weights = scratch.numbers
    var token = 0
    if let draw {
      token = Self.place(
        of: draw * distribution.total, in: UnsafeMutableBufferPointer(rebasing: weights[..<logits.count]))
    } else {
      token = logits.firstIndex { $0 == distribution.greatest } ?? 0
    }
    return (token, logits[token] - distribution.greatest - Float(log(distribution.total)))
  }
}
