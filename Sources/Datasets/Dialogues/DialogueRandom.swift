/// SplitMix64 (Steele, Lea, Flood 2014), with draws that never change with the standard library's version.
struct DialogueRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// A number from 0 up to, not including, `count`; the bias of the remainder is below 2⁻⁵⁰ here.
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  mutating func element<Element>(of list: [Element]) -> Element { list[below(list.count)] }

  mutating func shuffle<Element>(_ list: inout [Element]) {
    for place in stride(from: list.count - 1, to: 0, by: -1) { list.swapAt(place, below(place + 1)) }
  }

  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
