import Foundation

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
  public var greatest: Float {
    var greatest = -Float.infinity
    for logit in logits { greatest = logit > greatest ? logit : greatest }
    return greatest
  }

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
    let weights = scratch.numbers
    var (total, sum) = (0.0, 0.0)
    for token in logits.indices {
      // exp is what this costs, and most tokens may be ruled out.
      guard logits[token] != -.infinity else {
        weights[token] = 0
        continue
      }
      let difference = logits[token] - greatest
      let weight = exp(difference)
      weights[token] = weight
      total += Double(weight)
      if weight > 0 { sum += Double(weight * difference) }
    }
    return RowDistribution(greatest: greatest, total: total, entropy: log(total) - sum / total)
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
      var rest = draw * distribution.total
      for candidate in logits.indices where weights[candidate] > 0 {
        token = candidate
        rest -= Double(weights[candidate])
        if rest < 0 { break }
      }
    } else {
      token = logits.firstIndex { $0 == distribution.greatest } ?? 0
    }
    return (token, logits[token] - distribution.greatest - Float(log(distribution.total)))
  }
}
