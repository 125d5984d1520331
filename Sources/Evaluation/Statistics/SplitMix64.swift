/// The SplitMix64 generator of Steele and others (2014): small, fast, and the same on every machine.
package struct SplitMix64 {
  private var state: UInt64

  /// A generator that starts from a seed.
  package init(seed: UInt64) { state = seed }

  /// The generator of one of many independent streams of a seed.
  package init(seed: Int, stream: Int) {
    state = UInt64(truncatingIfNeeded: seed)
    let first = next()
    state = first ^ (UInt64(truncatingIfNeeded: stream) &* 0xD1B5_4A32_D192_ED03)
    _ = next()
  }

  /// The next 64 random bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A whole number from 0 to `bound` - 1; the bias of `bound` / 2⁶⁴ is beyond notice.
  package mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }
}
