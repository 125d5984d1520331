import Foundation
import OrchardTokenizers
import Testing

/// The parts of unigram training against what plain counting and enumeration give.
struct UnigramTrainingTests {
  private static let words: [(String, Int)] = [
    ("banana", 3), ("bandana", 2), ("an", 5), ("nana", 1), ("x", 4), ("xx", 1), ("bananas", 1),
  ]

  private static var text: TrainingText {
    TrainingText(words.map { (scalars: $0.unicodeScalars.map(\.value), count: $1) })
  }

  /// How often each substring stands in the words.
  private static func counts(longest: Int) -> [String: Int] {
    var counts: [String: Int] = [:]
    for (word, count) in words {
      let letters = Array(word)
      for start in letters.indices {
        for end in start..<min(letters.count, start + longest) {
          counts[String(letters[start...end]), default: 0] += count
        }
      }
    }
    return counts
  }

  @Test(
    "Seed pieces: all characters, and the repeated substrings with their true counts",
    arguments: [2, 4, 16])
  func seeds(longest: Int) {
    let text = Self.text
    let pieces = SeedPieces(of: text, longest: longest, limit: 1000)
    let truth = Self.counts(longest: longest)
    let found = pieces.start.indices.map {
      text.string(at: Int(pieces.start[$0]), count: Int(pieces.length[$0]))
    }
    #expect(Set(found).count == found.count)
    for (index, piece) in found.enumerated() {
      #expect(pieces.frequency[index] == truth[piece], "\(piece)")
    }
    #expect(Set(found.prefix(pieces.characters)) == ["a", "b", "d", "n", "s", "x"])
    // Every substring that occurs twice is a seed, unless one more letter always follows it.
    for (piece, count) in truth where count >= 2 && piece.count >= 2 {
      let goesOn =
        piece.count < longest
        && truth.contains {
          $0.key.count == piece.count + 1 && $0.key.hasPrefix(piece) && $0.value == count
        }
      #expect(found.contains(piece) != goesOn, "\(piece)")
    }
    // One edge in the lattice for each occurrence in a distinct word.
    let places = Self.words.reduce(0) { sum, word in
      let letters = Array(word.0)
      return sum
        + letters.indices.reduce(0) { sum, start in
          sum + (start..<letters.count).count { found.contains(String(letters[start...$0])) }
        }
    }
    #expect(pieces.lattice.edges.count == places)
  }

  @Test("Expected counts and the best path equal those of all paths written out")
  func expectation() {
    let text = TrainingText([(scalars: "banana".unicodeScalars.map(\.value), count: 1)])
    let names = ["a", "b", "n", "an", "na", "ana", "ban", "banana"]
    let scores = [-1.0, -2.5, -1.5, -1.2, -2.2, -3.0, -2.8, -9.0]
    let letters = Array("banana")
    let lattice = UnigramLattice(places: text.scalars.count) { put in
      for (number, name) in names.enumerated() {
        for start in letters.indices where letters[start...].starts(with: Array(name)) {
          put(Int32(start), Int32(name.count), Int32(number))
        }
      }
    }
    func paths(_ start: Int) -> [[Int]] {
      if start == letters.count { return [[]] }
      return names.indices.flatMap { number in
        letters[start...].starts(with: Array(names[number]))
          ? paths(start + names[number].count).map { [number] + $0 } : []
      }
    }
    let all = paths(0)
    let weights = all.map { path in exp(path.reduce(0) { $0 + scores[$1] }) }
    let total = weights.reduce(0, +)
    var truth = [Double](repeating: 0, count: names.count)
    for (path, weight) in zip(all, weights) {
      for piece in path { truth[piece] += 3 * weight / total }
    }

    var expected = [Double](repeating: 0, count: names.count)
    var best: [Int32] = []
    lattice.withWalker(scores: scores) { walker in
      expected.withUnsafeMutableBufferPointer { _ = walker.expect(0..<6, times: 3, into: $0) }
      _ = walker.bestPath(0..<6, into: &best)
    }
    for (a, b) in zip(expected, truth) { #expect(abs(a - b) < 1e-12) }
    let winner = zip(all, weights).max { $0.1 < $1.1 }?.0
    #expect(best.reversed().map(Int.init) == winner)
  }

  @Test(
    "The digamma function",
    arguments: [(1.0, -0.5772156649015329), (0.5, -1.9635100260214235), (10.0, 2.251752589066721)])
  func digamma(at x: Double, is value: Double) {
    #expect(abs(UnigramTraining.digamma(x) - value) < 1e-10)
  }
}
