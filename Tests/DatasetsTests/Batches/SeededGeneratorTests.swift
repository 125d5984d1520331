import OrchardDatasets
import Testing

@Suite struct SeededGeneratorTests {
  /// The numbers were computed by an independent implementation of xoshiro256** and SplitMix64.
  @Test func theOrderNeverChanges() {
    var random = SeededGenerator(seed: 42)
    #expect((0..<3).map { _ in random.next() } == [2303456275738999573, 5438210688795116325, 10433286269970717030])
    var list = Array(0..<10)
    random.shuffle(&list)
    #expect(list == [9, 8, 7, 1, 2, 3, 5, 0, 4, 6])
  }

  @Test func drawsAreEven() {
    var random = SeededGenerator(seed: 1, stream: 9)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.below(7)] += 1 }
    // Chi-squared with 6 degrees of freedom: above 22.5 once in a thousand.
    let chi = counts.reduce(0.0) { $0 + (Double($1) - 10_000) * (Double($1) - 10_000) / 10_000 }
    #expect(chi < 22.5)
  }

  @Test func streamsDiffer() {
    var first = SeededGenerator(seed: 1, stream: 0)
    var second = SeededGenerator(seed: 1, stream: 1)
    #expect((0..<4).map { _ in first.next() } != (0..<4).map { _ in second.next() })
  }
}
