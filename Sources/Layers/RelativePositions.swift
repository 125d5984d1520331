import Foundation
import OrchardTensors

/// T5's relative position bias: one learned number for each head and each bucket of distances.
///
/// Followed: Raffel and others, Exploring the Limits of Transfer Learning, 2020, section 2.1.
public final class RelativePositions: Module {
  /// The biases `[buckets, H]`.
  public let weight: Parameter
  /// Whether later positions have buckets of their own (the encoder) or all share bucket 0 (the decoder).
  public let isBidirectional: Bool
  /// Distances from here on share the last bucket.
  public let greatestDistance: Int
  private let bucketCount: Int

  /// A table without memory yet.
  public init(buckets: Int, heads: Int, greatestDistance: Int, bidirectional: Bool, deviation: Double) {
    weight = Parameter([buckets, heads], start: .normal(deviation: deviation))
    isBidirectional = bidirectional
    self.greatestDistance = greatestDistance
    bucketCount = buckets
  }

  /// The bucket of a key that stands `offset` places after (negative: before) its query.
  public func bucket(of offset: Int) -> Int {
    var buckets = bucketCount
    var start = 0
    var distance = -offset
    if isBidirectional {
      buckets /= 2
      if offset > 0 { start = buckets }
      distance = abs(offset)
    } else {
      distance = max(distance, 0)
    }
    let exact = buckets / 2
    if distance < exact { return start + distance }
    // In single precision, as the reference computes it: at a few distances double precision falls into the next bucket.
    let ratio = logf(Float(distance) / Float(exact)) / Float(log(Double(greatestDistance) / Double(exact)))
    return start + min(exact + Int(ratio * Float(buckets - exact)), buckets - 1)
  }

  /// The biases of queries at `queries` and keys `0..<keys`, as `[1, H, T, S]`.
  public func bias(queries: Range<Int>, keys: Int) -> Tensor {
    let table = queries.flatMap { query in (0..<keys).map { bucket(of: $0 - query) } }
    let ids = Tensor(table, shape: [queries.count, keys], on: weight.tensor.device)
    return weight.tensor.embedding(ids).permuted([2, 0, 1]).unsqueezed(0)
  }

  /// The biases by how far a key stands before its query, `[H, P]` in fp32; greater distances share the last.
  package var biasByDistance: Tensor {
    let ids = Tensor((0...greatestDistance).map { bucket(of: -$0) }, on: weight.tensor.device)
    return weight.tensor.embedding(ids).to(.float32).transposed(0, 1).contiguous
  }

  /// The biases of `count` further queries of every row, behind its first `lengths` places, as `[1 or B, H, T, S]`.
  public func bias(after lengths: [Int], adding count: Int, keys: Int) -> Tensor {
    let first = lengths.first ?? 0
    if lengths.allSatisfy({ $0 == first }) { return bias(queries: first..<first + count, keys: keys) }
    return .concatenated(lengths.map { bias(queries: $0..<$0 + count, keys: keys) }, along: 0)
  }
}
