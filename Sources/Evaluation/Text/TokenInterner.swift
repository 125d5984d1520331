/// Gives every distinct token a small number, so that tokens are compared and counted as integers.
package struct TokenInterner {
  private var arena: [UInt8] = []
  private var ends: [Int] = [0]
  private var slots: [Int32]

  /// An interner without tokens.
  package init() { slots = Array(repeating: -1, count: 1024) }

  /// The number of distinct tokens so far; numbers run from 0 to this.
  package var count: Int { ends.count - 1 }

  /// The bytes of a token that was numbered before.
  package func bytes(of token: Int32) -> ArraySlice<UInt8> { arena[ends[Int(token)]..<ends[Int(token) + 1]] }

  /// The number of a token, a new one where it was not seen before.
  package mutating func intern(_ token: UnsafeBufferPointer<UInt8>) -> Int32 {
    var slot = TokenInterner.hash(token) & (slots.count - 1)
    while slots[slot] >= 0 {
      if equal(slots[slot], token) { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    let number = Int32(count)
    arena.append(contentsOf: token)
    ends.append(arena.count)
    slots[slot] = number
    if count * 2 > slots.count { grow() }
    return number
  }

  private func equal(_ number: Int32, _ token: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = ends[Int(number)]
    guard ends[Int(number) + 1] - start == token.count else { return false }
    for place in 0..<token.count where arena[start + place] != token[place] { return false }
    return true
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    for number in 0..<Int32(count) {
      var slot = bytes(of: number).withUnsafeBufferPointer(TokenInterner.hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = number
    }
  }

  /// FNV-1a, its high bits folded down because the table looks at the low ones.
  private static func hash(_ token: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in token { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash ^ (hash >> 29))
  }
}
