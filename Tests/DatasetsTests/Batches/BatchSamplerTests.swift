import OrchardDatasets
import OrchardJSON
import Testing

@Suite struct BatchSamplerTests {
  let lengths: [SequenceLength]

  init() {
    var random = SeededGenerator(seed: 11)
    lengths = (0..<1003).map { _ in SequenceLength(source: random.below(200) + 1, target: random.below(50) + 1) }
  }

  func settings(_ order: BatchOrder, size: Int = 8, seed: Int = 5, tokens: Int? = nil) -> BatchSettings {
    var settings = BatchSettings()
    settings.order = order
    settings.size = size
    settings.seed = seed
    settings.maximumTokens = tokens
    return settings
  }

  func epoch(_ sampler: inout BatchSampler) -> [[Int]] {
    let count = sampler.batchesInEpoch
    return (0..<count).map { _ in sampler.next() }
  }

  @Test(arguments: [BatchOrder.sequential, .shuffled, .grouped]) func anEpochHoldsEveryExampleOnce(order: BatchOrder)
    throws
  {
    var sampler = try BatchSampler(lengths, settings: settings(order))
    let first = epoch(&sampler)
    #expect(first.flatMap(\.self).sorted() == Array(lengths.indices))
    #expect(first.allSatisfy { $0.count <= 8 })
    #expect(sampler.epochs == 1)
    var again = try BatchSampler(lengths, settings: settings(order))
    #expect(epoch(&again) == first)
    let second = [sampler.next()] + epoch(&sampler).dropLast()
    #expect((second == first) == (order == .sequential))
    var other = try BatchSampler(lengths, settings: settings(order, seed: 6))
    #expect((epoch(&other) == first) == (order == .sequential))
  }

  @Test(arguments: [BatchOrder.sequential, .shuffled, .grouped]) func goesOnExactlyWhereItStood(order: BatchOrder)
    throws
  {
    var whole = try BatchSampler(lengths, settings: settings(order))
    for stop in [0, 1, 60, 125, 126, 127, 300] {
      var first = try BatchSampler(lengths, settings: settings(order))
      for _ in 0..<stop { _ = first.next() }
      let saved = try SamplerState(JSONValue(parsing: first.state.json.text))
      #expect(saved == first.state)
      var second = try BatchSampler(lengths, settings: settings(order))
      try second.restore(saved)
      for _ in 0..<200 { #expect(second.next() == first.next()) }
    }
    _ = whole.next()
  }

  @Test func anotherDataSetIsRefused() throws {
    let sampler = try BatchSampler(lengths, settings: settings(.shuffled))
    var other = try BatchSampler(Array(lengths.dropLast()), settings: settings(.shuffled))
    let error = #expect(throws: DataError.self) { try other.restore(sampler.state) }
    #expect(error?.problem.hasPrefix("the data or the batch settings have changed since the checkpoint") == true)
    #expect(throws: DataError.self) { try SamplerState(["epoch": 1]) }
  }

  @Test func groupingSavesPadding() throws {
    func padded(_ order: BatchOrder) throws -> Int {
      var sampler = try BatchSampler(lengths, settings: settings(order))
      return epoch(&sampler).reduce(0) { sum, batch in
        sum + batch.count * (batch.map { lengths[$0].source }.max() ?? 0)
      }
    }
    let real = lengths.reduce(0) { $0 + $1.source }
    #expect(try Double(padded(.grouped)) < 1.1 * Double(real))
    #expect(try Double(padded(.shuffled)) > 1.5 * Double(real))
  }

  @Test func aBatchKeepsItsTokens() throws {
    var sampler = try BatchSampler(lengths, settings: settings(.grouped, size: 64, tokens: 1000))
    let batches = epoch(&sampler)
    #expect(batches.flatMap(\.self).sorted() == Array(lengths.indices))
    for batch in batches {
      let source = batch.map { lengths[$0].source }.max() ?? 0
      let target = batch.map { lengths[$0].target }.max() ?? 0
      #expect(batch.count == 1 || batch.count * (source + target) <= 1000)
    }
    #expect(batches.count < 400)
  }

  @Test func theLastBatchMayBeDropped() throws {
    var dropping = settings(.shuffled)
    dropping.dropLast = true
    var sampler = try BatchSampler(lengths, settings: dropping)
    #expect(epoch(&sampler).allSatisfy { $0.count == 8 })
    #expect(sampler.batchesInEpoch == 125)
    let error = #expect(throws: DataError.self) { try BatchSampler(Array(lengths.prefix(5)), settings: dropping) }
    #expect(error?.problem == "5 examples fill no batch of 8; turn drop-last off, or make batches smaller")
    #expect(throws: DataError.self) { try BatchSampler([], settings: settings(.shuffled)) }
  }
}
