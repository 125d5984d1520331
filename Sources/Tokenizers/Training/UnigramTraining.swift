import Foundation

/// Learns a unigram vocabulary as SentencePiece does: from many seed pieces, expectation maximisation and
/// pruning in turns until the wanted number is left.
///
/// Kudo, "Subword Regularization" (2018), section 3.2, with the Bayesian M-step (digamma) and the pruning
/// rule of the SentencePiece program.
package struct UnigramTraining {
  private let text: TrainingText
  private var pieces: SeedPieces
  private var scores: [Double] = []
  private let wanted: Int
  private let progress: (String) -> Void

  /// The share of the pieces that one pruning keeps.
  private static let kept = 0.75
  /// Rounds of expectation maximisation between two prunings.
  private static let rounds = 2
  /// A piece of more than one scalar that is expected more seldom than this is dropped.
  private static let seldom = 0.5

  /// - Parameters:
  ///   - text: The segments.
  ///   - wanted: How many pieces to end with; all single characters are kept.
  ///   - longest: The scalars of the longest piece.
  ///   - seeds: How many pieces to start from at most.
  ///   - progress: Takes a line of words for people now and then.
  init(text: TrainingText, wanted: Int, longest: Int, seeds: Int, progress: @escaping (String) -> Void) {
    self.text = text
    self.wanted = wanted
    self.progress = progress
    pieces = SeedPieces(of: text, longest: longest, limit: seeds)
    let worth = zip(pieces.frequency, pieces.length).map { Double($0) * Double($1) }
    let sum = log(worth.reduce(0, +))
    scores = worth.map { log($0) - sum }
    progress("\(pieces.start.count) seed pieces")
  }

  /// The pieces with their log-probabilities, the likeliest first.
  mutating func run() -> [(piece: String, score: Double)] {
    // A little more than is wanted is left to the last choice, by score.
    let goal = wanted + wanted / 10
    while true {
      for _ in 0..<Self.rounds {
        let (expected, likelihood) = expect()
        maximise(expected)
        progress("\(scores.count) pieces, log-likelihood \(String(format: "%.4f", likelihood)) a segment")
      }
      if scores.count <= goal { break }
      prune(to: max(goal, Int(Double(scores.count) * Self.kept)))
    }
    return chosen()
  }

  /// How often each piece is expected, and the mean log-probability of a segment.
  private func expect() -> (expected: [Double], likelihood: Double) {
    var expected = [Double](repeating: 0, count: scores.count)
    var sum = 0.0
    pieces.lattice.withWalker(scores: scores) { walker in
      expected.withUnsafeMutableBufferPointer { expected in
        for segment in text.counts.indices {
          let count = Double(text.counts[segment])
          sum += count * walker.expect(text.range(segment), times: count, into: expected)
        }
      }
    }
    return (expected, sum / Double(max(1, text.counts.reduce(0, +))))
  }

  private mutating func maximise(_ expected: [Double]) {
    let keep = expected.indices.map { $0 < pieces.characters || expected[$0] >= Self.seldom }
    let used = zip(expected, keep).compactMap { $1 ? max($0, Self.seldom) : nil }
    keepOnly(keep)
    let sum = Self.digamma(used.reduce(0, +))
    scores = used.map { Self.digamma($0) - sum }
  }

  private mutating func keepOnly(_ keep: [Bool]) {
    scores = zip(scores, keep).compactMap { $1 ? $0 : nil }
    pieces.keepOnly(keep)
  }

  /// Drops the pieces whose loss would lower the likelihood least.
  private mutating func prune(to goal: Int) {
    var used = [Double](repeating: 0, count: scores.count)
    var keep = [Bool](repeating: false, count: scores.count)
    var losses: [(piece: Int, loss: Double)] = []
    pieces.lattice.withWalker(scores: scores) { walker in
      var path: [Int32] = []
      for segment in text.counts.indices {
        _ = walker.bestPath(text.range(segment), into: &path)
        for piece in path { used[Int(piece)] += Double(text.counts[segment]) }
      }
      let sum = used.reduce(0, +)
      for piece in scores.indices {
        if piece < pieces.characters {
          keep[piece] = true
          continue
        }
        // Never on a best path, or its own text is better told by other pieces.
        guard used[piece] > 0 else { continue }
        let start = Int(pieces.start[piece])
        let instead = walker.bestPath(start..<start + Int(pieces.length[piece]), whole: false, into: &path)
        guard instead > -.infinity else {
          keep[piece] = true
          continue
        }
        let own = log(used[piece]) - log(sum)
        let without = log(sum + used[piece] * Double(path.count - 1))
        let others = path.reduce(0) { $0 + log(used[Int($1)] + used[piece]) - without }
        losses.append((piece, used[piece] / sum * (own - others)))
      }
    }
    losses.sort { $0.loss != $1.loss ? $0.loss > $1.loss : $0.piece < $1.piece }
    let room = goal - keep.reduce(0) { $0 + ($1 ? 1 : 0) }
    for loss in losses.prefix(max(0, room)) { keep[loss.piece] = true }
    keepOnly(keep)
  }

  /// All characters, and of the other pieces the likeliest.
  private func chosen() -> [(piece: String, score: Double)] {
    func likelier(_ a: Int, _ b: Int) -> Bool { scores[a] != scores[b] ? scores[a] > scores[b] : a < b }
    let others = (pieces.characters..<scores.count).sorted(by: likelier)
    let chosen = Array(0..<pieces.characters) + others.prefix(max(0, wanted - pieces.characters))
    return chosen.sorted(by: likelier).map { piece in
      (text.string(at: Int(pieces.start[piece]), count: Int(pieces.length[piece])), scores[piece])
    }
  }

  /// The derivative of the logarithm of the gamma function, for positive numbers.
  ///
  /// Recurrence up to 7, then the asymptotic series (Abramowitz and Stegun 6.3.5 and 6.3.18).
  package static func digamma(_ number: Double) -> Double {
    var x = number
    var result = 0.0
    while x < 7 {
      result -= 1 / x
      x += 1
    }
    let square = 1 / (x * x)
    return result + log(x) - 0.5 / x
      - square * (1.0 / 12 - square * (1.0 / 120 - square * (1.0 / 252 - square * (1.0 / 240 - square / 132))))
  }
}
