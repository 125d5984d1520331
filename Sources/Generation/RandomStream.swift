/// Random numbers that depend on nothing but their address: seed, prompt, sample and position.
///
/// Because no state runs from one number to the next, a row draws the same numbers whether it is generated alone
/// or among others, and in whatever order. Philox 4×32 with ten rounds (Salmon et al., "Parallel random numbers: as
/// easy as 1, 2, 3", 2011).
public struct RandomStream: Sendable {
  private let key: SIMD2<UInt32>
  private let prompt: UInt64
  private let sample: UInt32

  /// The random numbers of one row.
  ///
  /// `sample` tells apart several rows with the same prompt.
  public init(seed: UInt64, prompt: [Int], sample: Int = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    // FNV-1a over the ids, eight bytes each.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for id in prompt {
      for shift in stride(from: 0, to: 64, by: 8) {
        hash = (hash ^ UInt64(truncatingIfNeeded: id >> shift) & 0xff) &* 0x100_0000_01b3
      }
    }
    self.prompt = hash
    self.sample = UInt32(truncatingIfNeeded: sample)
  }

  /// What a number is for; each use has numbers of its own.
  package enum Lane: UInt32 {
    /// A token.
    case token = 0
    /// A draft of a token.
    case draft
    /// Whether a draft is kept.
    case acceptance
    /// The token instead of a draft that is not kept.
    case remainder
  }

  /// A number of at least 0 and below 1 for the token at `position`, which is below 2³⁰.
  public func uniform(at position: Int) -> Double { uniform(at: position, lane: .token) }

  package func uniform(at position: Int, lane: Lane) -> Double {
    let counter = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: position) | lane.rawValue << 30, sample, UInt32(truncatingIfNeeded: prompt),
      UInt32(truncatingIfNeeded: prompt >> 32))
    let words = Self.philox(counter, key: key)
    // 53 random bits: all that a double's fraction holds.
    return Double((UInt64(words.x) << 32 | UInt64(words.y)) >> 11) * 0x1p-53
  }

  /// Ten rounds of Philox 4×32.
  package static func philox(_ counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (counter, key) = (counter, key)
    for _ in 0..<10 {
      let (highX, lowX) = counter.x.multipliedFullWidth(by: 0xD251_1F53)
      let (highZ, lowZ) = counter.z.multipliedFullWidth(by: 0xCD9E_8D57)
      counter = SIMD4(highZ ^ counter.y ^ key.x, lowZ, highX ^ counter.w ^ key.y, lowX)
      key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return counter
  }
}
