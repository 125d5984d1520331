import OrchardEvaluation
import Testing

@Suite("SplitMix64")
struct SplitMix64Tests {
  // The first numbers of the seed 1234567 in the authors' own implementation.
  @Test("Numbers are those of the published generator")
  func published() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }

  @Test("Numbers below a bound are even, streams of a seed differ")
  func bounded() {
    var counts = [0, 0, 0, 0, 0]
    var random = SplitMix64(seed: 0, stream: 4)
    for _ in 0..<50_000 { counts[random.below(5)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
    let first = (0..<100).map { stream in
      var random = SplitMix64(seed: 0, stream: stream)
      return random.next()
    }
    #expect(Set(first).count == 100)
  }
}
