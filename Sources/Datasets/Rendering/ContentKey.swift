/// A number of 64 bits for lists of tokens, the same on every machine and in every run.
///
/// Followed: the hash FNV-1a (Fowler, Noll and Vo), over whole tokens, with a last mix of bits.
struct ContentKey {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  /// Adds a list; where one ends counts as well.
  mutating func add(_ tokens: some Collection<Int32>) {
    for token in tokens { add(UInt64(UInt32(bitPattern: token))) }
    add(UInt64(tokens.count) | 1 << 63)
  }

  private mutating func add(_ number: UInt64) {
    state = (state ^ number) &* 0x0000_0100_0000_01B3
    state ^= state >> 32
  }

  /// The number.
  var value: UInt64 {
    let mixed = (state ^ (state >> 31)) &* 0x9E37_79B9_7F4A_7C15
    return mixed ^ (mixed >> 29)
  }
}
