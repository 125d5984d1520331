import OrchardEvaluation
import Testing

@Suite("Longest common subsequence")
struct LongestCommonSubsequenceTests {
  @Test("Length and chosen places equal those of the plain table", arguments: [3, 20, 63, 64, 65, 200])
  func equalsPlainTable(size: Int) {
    var random = SplitMix64(seed: UInt64(size))
    var subsequence = LongestCommonSubsequence()
    for round in 0..<40 {
      let symbols = 2 + round % 9
      let reference = (0..<random.below(size + 1)).map { _ in UInt32(random.below(symbols)) }
      let candidate = (0..<random.below(size + 1)).map { _ in UInt32(random.below(symbols)) }
      let expected = plainPlaces(reference, candidate)
      subsequence.setCandidate(candidate, symbols: symbols)
      #expect(subsequence.length(reference) == expected.count)
      var marked = Array(repeating: false, count: reference.count)
      subsequence.mark(reference, in: &marked)
      #expect(marked.indices.filter { marked[$0] } == expected)
    }
  }

  /// The readable path: the full table of lengths, walked back from its end.
  private func plainPlaces(_ reference: [UInt32], _ candidate: [UInt32]) -> [Int] {
    var table = Array(repeating: Array(repeating: 0, count: candidate.count + 1), count: reference.count + 1)
    for row in reference.indices {
      for column in candidate.indices {
        table[row + 1][column + 1] =
          reference[row] == candidate[column]
          ? table[row][column] + 1 : max(table[row][column + 1], table[row + 1][column])
      }
    }
    var (row, column) = (reference.count, candidate.count)
    var places: [Int] = []
    while row > 0, column > 0 {
      if reference[row - 1] == candidate[column - 1] {
        places.append(row - 1)
        (row, column) = (row - 1, column - 1)
      } else if table[row][column - 1] > table[row - 1][column] {
        column -= 1
      } else {
        row -= 1
      }
    }
    return places.reversed()
  }
}
