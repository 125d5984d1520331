import Foundation

/// Every way to cut segments into pieces: for each place in the text, the pieces that begin there.
///
/// Built once; a piece that is dropped only has its edges removed, so no string is ever looked up again.
package struct UnigramLattice {
  /// A piece that ends `length` scalars after the place where it begins.
  package struct Edge {
    var piece: Int32
    var length: Int32
  }

  /// Where the edges of each place begin in `edges`.
  private(set) var first: [Int32]
  package private(set) var edges: [Edge]

  /// A lattice of the edges that `list` puts out; it is called twice and must do the same both times.
  package init(places: Int, _ list: ((_ place: Int32, _ length: Int32, _ piece: Int32) -> Void) -> Void) {
    var first = [Int32](repeating: 0, count: places + 1)
    list { place, _, _ in first[Int(place) + 1] += 1 }
    for place in 0..<places { first[place + 1] += first[place] }
    var next = first
    var edges = [Edge](repeating: Edge(piece: 0, length: 0), count: Int(first[places]))
    list { place, length, piece in
      edges[Int(next[Int(place)])] = Edge(piece: piece, length: length)
      next[Int(place)] += 1
    }
    self.first = first
    self.edges = edges
  }

  /// Renumbers the pieces; those whose new number is negative lose their edges.
  mutating func renumber(_ numbers: [Int32]) {
    var kept = 0
    var begin = 0
    for place in 0..<first.count - 1 {
      let end = Int(first[place + 1])
      for index in begin..<end {
        let number = numbers[Int(edges[index].piece)]
        guard number >= 0 else { continue }
        edges[kept] = Edge(piece: number, length: edges[index].length)
        kept += 1
      }
      begin = end
      first[place + 1] = Int32(kept)
    }
    edges.removeLast(edges.count - kept)
  }

  /// Lends a walker that takes pieces to have the given log-probabilities.
  package func withWalker<Result>(scores: [Double], _ body: (inout UnigramWalker) -> Result) -> Result {
    first.withUnsafeBufferPointer { first in
      edges.withUnsafeBufferPointer { edges in
        scores.withUnsafeBufferPointer { scores in
          var walker = UnigramWalker(first: first, edges: edges, scores: scores)
          return body(&walker)
        }
      }
    }
  }
}

/// Walks through a lattice, one segment at a time, with room for the work that is used again for each.
package struct UnigramWalker {
  private let first: UnsafeBufferPointer<Int32>
  private let edges: UnsafeBufferPointer<UnigramLattice.Edge>
  private let scores: UnsafeBufferPointer<Double>
  /// The best log-probability to reach each place of the segment, and the edge that gives it.
  private var best: [Double] = []
  private var arrival: [Int32] = []
  private var forward: [Double] = []
  private var backward: [Double] = []
  private var weights: [Double] = []

  fileprivate init(
    first: UnsafeBufferPointer<Int32>, edges: UnsafeBufferPointer<UnigramLattice.Edge>,
    scores: UnsafeBufferPointer<Double>
  ) {
    self.first = first
    self.edges = edges
    self.scores = scores
  }

  /// The pieces of the best path through `range`, the last first.
  ///
  /// - Parameters:
  ///   - range: Places of one segment or a part of it.
  ///   - whole: Whether the piece that covers all of the range may be used.
  ///   - path: Takes the path; empty where there is none.
  /// - Returns: The path's log-probability, minus infinity where there is none.
  package mutating func bestPath(_ range: Range<Int>, whole: Bool = true, into path: inout [Int32]) -> Double {
    path.removeAll(keepingCapacity: true)
    findBest(range, whole: whole)
    let score = best[range.count]
    guard score > -.infinity else { return score }
    var place = range.count
    while place > 0 {
      let edge = edges[Int(arrival[place])]
      path.append(edge.piece)
      place -= Int(edge.length)
    }
    return score
  }

  private mutating func findBest(_ range: Range<Int>, whole: Bool) {
    let count = range.count
    best.removeAll(keepingCapacity: true)
    best.append(contentsOf: repeatElement(-.infinity, count: count + 1))
    if arrival.count < count + 1 { arrival = Array(repeating: 0, count: 2 * count + 1) }
    best[0] = 0
    best.withUnsafeMutableBufferPointer { best in
      arrival.withUnsafeMutableBufferPointer { arrival in
        for place in 0..<count where best[place] > -.infinity {
          let here = best[place]
          for index in Int(first[range.lowerBound + place])..<Int(first[range.lowerBound + place + 1]) {
            let edge = edges[index]
            let to = place + Int(edge.length)
            if to > count || (!whole && Int(edge.length) == count) { continue }
            let score = here + scores[Int(edge.piece)]
            if score > best[to] {
              best[to] = score
              arrival[to] = Int32(index)
            }
          }
        }
      }
    }
  }

  /// Adds to `expected` how often each piece is expected in the segment, times `count`.
  ///
  /// Each path is weighed against the best one, place by place, so that nothing vanishes in a long segment.
  ///
  /// - Returns: The log-probability of the segment.
  package mutating func expect(
    _ range: Range<Int>, times count: Double, into expected: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    findBest(range, whole: true)
    let length = range.count
    guard best[length] > -.infinity else { return 0 }
    let base = Int(first[range.lowerBound])
    let edgeCount = Int(first[range.upperBound]) - base
    if weights.count < edgeCount { weights = Array(repeating: 0, count: 2 * edgeCount) }
    if forward.count < length + 1 {
      forward = Array(repeating: 0, count: 2 * length + 1)
      backward = forward
    }
    return best.withUnsafeBufferPointer { best in
      forward.withUnsafeMutableBufferPointer { forward in
        backward.withUnsafeMutableBufferPointer { backward in
          weights.withUnsafeMutableBufferPointer { weights in
            for place in 0...length {
              forward[place] = 0
              backward[place] = 0
            }
            forward[0] = 1
            for place in 0..<length {
              for index in Int(first[range.lowerBound + place])..<Int(first[range.lowerBound + place + 1]) {
                let to = place + Int(edges[index].length)
                let weight = exp(scores[Int(edges[index].piece)] + best[place] - best[to])
                weights[index - base] = weight
                forward[to] += forward[place] * weight
              }
            }
            backward[length] = 1
            let total = forward[length]
            let scale = count / total
            for place in (0..<length).reversed() {
              var sum = 0.0
              for index in Int(first[range.lowerBound + place])..<Int(first[range.lowerBound + place + 1]) {
                let onward = weights[index - base] * backward[place + Int(edges[index].length)]
                sum += onward
                expected[Int(edges[index].piece)] += forward[place] * onward * scale
              }
              backward[place] = sum
            }
            return best[length] + log(total)
          }
        }
      }
    }
  }
}
