import Foundation

/// The pieces that unigram training starts from: the characters, and the substrings that occur more than once.
///
/// Substrings are the inner nodes of the suffix tree, found through sorted suffixes and the prefixes that
/// neighbours share (Abouelhoda, Kurtz, Ohlebusch, "Replacing suffix trees with enhanced suffix arrays", 2004),
/// and of those the ones with the greatest frequency × length, as SentencePiece takes them.
package struct SeedPieces {
  /// One place in the text where each piece stands.
  package private(set) var start: [Int32] = []
  /// The scalars of each piece.
  package private(set) var length: [Int32] = []
  /// How often each piece occurs.
  package private(set) var frequency: [Int] = []
  /// The number of pieces of one scalar; they come first.
  package private(set) var characters = 0
  /// Every occurrence of every piece.
  package private(set) var lattice: UnigramLattice

  /// Finds the pieces of a text.
  ///
  /// - Parameters:
  ///   - text: The segments.
  ///   - longest: The scalars of the longest piece.
  ///   - limit: How many pieces of more than one scalar at most.
  package init(of text: TrainingText, longest: Int, limit: Int) {
    let suffixes = SortedSuffixes(of: text, longest: longest)
    let (characters, others) = suffixes.repeats()
    func worth(_ found: SortedSuffixes.Repeat) -> Int { found.frequency * Int(found.length) }
    let best = others.sorted { worth($0) != worth($1) ? worth($0) > worth($1) : $0.low < $1.low }.prefix(limit)
    let pieces = characters + best
    for piece in pieces {
      start.append(suffixes.places[Int(piece.low)])
      length.append(piece.length)
      frequency.append(piece.frequency)
    }
    self.characters = characters.count
    lattice = UnigramLattice(places: text.scalars.count) { put in
      for (index, piece) in pieces.enumerated() {
        for suffix in Int(piece.low)..<Int(piece.high) {
          put(suffixes.places[suffix], piece.length, Int32(index))
        }
      }
    }
  }
}

extension SeedPieces {
  /// Drops the pieces that are not to be kept, with their occurrences.
  mutating func keepOnly(_ keep: [Bool]) {
    var number: Int32 = 0
    lattice.renumber(
      keep.map { kept in
        defer { number += kept ? 1 : 0 }
        return kept ? number : -1
      })
    start = zip(start, keep).compactMap { $1 ? $0 : nil }
    length = zip(length, keep).compactMap { $1 ? $0 : nil }
    frequency = zip(frequency, keep).compactMap { $1 ? $0 : nil }
  }
}
