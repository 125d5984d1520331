import OrchardDatasets
import Testing

@Suite struct MixtureTests {
  private func mixture(_ sizes: [Int], _ settings: MixtureSettings, weights: [Double]? = nil) -> Mixture {
    var first = 0
    let parts = sizes.map { size in
      defer { first += size }
      return first..<first + size
    }
    return Mixture(parts, weights: weights ?? sizes.map { _ in 1 }, settings: settings)
  }

  @Test func ratesAreThoseOfThePaper() {
    var settings = MixtureSettings()
    #expect(mixture([100, 300], settings).counts == [100, 300])
    settings.temperature = 2
    // √100 : √300 = 1 : 1.732
    #expect(mixture([100, 300], settings).counts == [146, 254])
    settings.temperature = 1e9
    #expect(mixture([100, 300], settings).counts == [200, 200])
    settings.temperature = 1
    settings.cap = 150
    #expect(mixture([100, 300], settings).counts == [100, 150])
    settings.by = .weights
    settings.cap = nil
    #expect(mixture([100, 300], settings, weights: [3, 1]).counts == [300, 100])
    // The least task is not lost.
    #expect(mixture([1, 100_000], settings, weights: [1e-9, 1]).counts[0] == 1)
  }

  @Test func everyRowComesBeforeAnyComesAgain() throws {
    var settings = MixtureSettings()
    settings.by = .weights
    let lengths = Array(repeating: SequenceLength(target: 4), count: 10)
    let mixture = mixture([2, 8], settings, weights: [1, 1])
    #expect(mixture.counts == [5, 5])
    var batches = BatchSettings()
    batches.size = 5
    batches.order = .shuffled
    var sampler = try BatchSampler(lengths, settings: batches, mixture: mixture)
    #expect(sampler.batchesInEpoch == 2)
    var seen = Array(repeating: 0, count: 10)
    for _ in 0..<16 { for row in sampler.next() { seen[row] += 1 } }
    // Eight epochs: 40 draws of each task.
    #expect(seen == [20, 20] + Array(repeating: 5, count: 8))
  }

  @Test func itGoesOnWhereItStood() throws {
    var settings = MixtureSettings()
    settings.temperature = 3
    let lengths = (0..<30).map { SequenceLength(target: 4 + $0 % 7) }
    var batches = BatchSettings()
    batches.size = 4
    let mixed = mixture([5, 25], settings)
    var whole = try BatchSampler(lengths, settings: batches, mixture: mixed)
    for _ in 0..<11 { _ = whole.next() }
    var resumed = try BatchSampler(lengths, settings: batches, mixture: mixed)
    try resumed.restore(whole.state)
    for _ in 0..<20 { #expect(whole.next() == resumed.next()) }
    var other = try BatchSampler(lengths, settings: batches, mixture: mixture([5, 25], MixtureSettings()))
    #expect(throws: DataError.self) { try other.restore(whole.state) }
  }
}
