import OrchardGeneration
import Testing

@Suite struct RandomStreamTests {
  /// The known answers that the authors publish with Random123 (`kat_vectors`, philox4x32 with 10 rounds).
  @Test func philoxKnownAnswers() {
    let ones = UInt32.max
    #expect(RandomStream.philox(SIMD4(), key: SIMD2()) == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      RandomStream.philox(SIMD4(repeating: ones), key: SIMD2(repeating: ones))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      RandomStream.philox(
        SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func numbersAreEvenAndApart() {
    let stream = RandomStream(seed: 5, prompt: [1, 2, 3])
    let numbers = (0..<10_000).map { stream.uniform(at: $0) }
    #expect(numbers.allSatisfy { (0..<1).contains($0) })
    #expect(abs(numbers.reduce(0, +) / 10_000 - 0.5) < 0.012)
    var cells = [Int](repeating: 0, count: 20)
    for number in numbers { cells[Int(number * 20)] += 1 }
    let statistic = cells.reduce(0.0) { $0 + Double(($1 - 500) * ($1 - 500)) / 500 }
    #expect(statistic < 43.8)  // 99.9 % of the chi-squared distribution with 19 degrees of freedom
  }

  @Test func everyPartOfTheAddressCounts() {
    let first = RandomStream(seed: 5, prompt: [1, 2]).uniform(at: 0)
    #expect(first == RandomStream(seed: 5, prompt: [1, 2]).uniform(at: 0))
    #expect(first != RandomStream(seed: 6, prompt: [1, 2]).uniform(at: 0))
    #expect(first != RandomStream(seed: 5, prompt: [2, 1]).uniform(at: 0))
    #expect(first != RandomStream(seed: 5, prompt: [1, 2], sample: 1).uniform(at: 0))
    #expect(first != RandomStream(seed: 5, prompt: [1, 2]).uniform(at: 1))
    #expect(first != RandomStream(seed: 5 + 1 << 32, prompt: [1, 2]).uniform(at: 0))
  }
}
