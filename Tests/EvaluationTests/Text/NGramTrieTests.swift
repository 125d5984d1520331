import OrchardEvaluation
import Testing

@Suite("n-gram trie")
struct NGramTrieTests {
  @Test("Clipped matches of all orders equal those of plain dictionaries, of one reference and of several")
  func equalsDictionaries() {
    var random = SplitMix64(seed: 3)
    var trie = NGramTrie(order: 4)
    for round in 0..<60 {
      func sequence() -> [UInt32] {
        let symbols = 2 + round % 5
        return (0..<random.below(round < 50 ? 30 : 3000)).map { _ in UInt32(random.below(symbols)) }
      }
      let references = (0...random.below(3)).map { _ in sequence() }
      let prediction = sequence()
      trie.removeAll()
      for reference in references { trie.add(reference: reference) }
      var matches = [0, 0, 0, 0]
      trie.takeMatches(prediction: prediction, into: &matches)
      #expect(matches == (1...4).map { plainMatches(prediction, references, order: $0) })
    }
  }

  @Test("The number of n-grams in a sequence")
  func totals() {
    #expect((0...4).map { NGramTrie.total(length: $0, order: 3) } == [0, 0, 0, 1, 2])
  }

  /// The readable path: each n-gram as a key.
  private func plainMatches(_ prediction: [UInt32], _ references: [[UInt32]], order: Int) -> Int {
    func counts(_ sequence: [UInt32]) -> [[UInt32]: Int] {
      guard sequence.count >= order else { return [:] }
      return (0...(sequence.count - order)).reduce(into: [:]) {
        $0[Array(sequence[$1..<($1 + order)]), default: 0] += 1
      }
    }
    let most = references.map(counts).reduce(into: [[UInt32]: Int]()) { $0.merge($1, uniquingKeysWith: max) }
    return counts(prediction).reduce(0) { $0 + min($1.value, most[$1.key] ?? 0) }
  }
}
