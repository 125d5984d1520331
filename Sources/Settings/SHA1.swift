/// The SHA-1 digest (FIPS 180-4), by which git names what it keeps; no protection against forgery.
public struct SHA1: BlockDigest, Sendable {
  /// The bytes so far.
  public var blocks = DigestBlocks(state: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0])

  /// A digest of nothing yet.
  public init() {}

  /// Works one block of 64 bytes into the state.
  public static func compress(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ state: inout [UInt32]) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
      for t in 0..<16 { words[t] = DigestBlocks.word(bytes, start + 4 * t) }
      for t in 16..<80 { words[t] = rotate(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1) }
      var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
      for t in 0..<80 {
        let mixed: UInt32
        switch t {
        case ..<20: mixed = (b & c | ~b & d) &+ 0x5a82_7999
        case ..<40: mixed = (b ^ c ^ d) &+ 0x6ed9_eba1
        case ..<60: mixed = (b & c | b & d | c & d) &+ 0x8f1b_bcdc
        default: mixed = (b ^ c ^ d) &+ 0xca62_c1d6
        }
        (e, d, c, b, a) = (d, c, rotate(b, 30), a, rotate(a, 5) &+ mixed &+ e &+ words[t])
      }
      for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
    }
  }

  private static func rotate(_ word: UInt32, _ by: UInt32) -> UInt32 { word << by | word >> (32 - by) }
}
