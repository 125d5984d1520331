/// Decomposition and composition of Unicode scalars, Hangul included.
struct DecompositionTables: Sendable {
  private let canonical = ScalarMapping.canonical
  private let compatibility = ScalarMapping.compatibility
  private let combiningClasses = CodePointTable(runs: CombiningClassData.text)
  /// The composed scalar of two, keyed by both.
  private var compositions: [UInt64: UInt32] = [:]

  static let shared = DecompositionTables()

  private init() {
    let excluded = CodePointTable(runs: CompositionExclusionData.text)
    compositions.reserveCapacity(2048)
    // Short decompositions first: a longer one is a composed scalar and one more.
    for length in 2...4 {
      for scalar in canonical.scalars where excluded[scalar] == 0 {
        guard let image = canonical[scalar], image.count == length, let last = image.last else { continue }
        var first = image[image.startIndex]
        for part in image.dropFirst().dropLast() { first = compositions[Self.key(first, part)] ?? first }
        compositions[Self.key(first, last)] = scalar
      }
    }
  }

  private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 { UInt64(first) << 32 | UInt64(second) }

  @inline(__always)
  func combiningClass(_ scalar: UInt32) -> UInt16 { combiningClasses[scalar] }

  /// Puts out the full decomposition of a scalar.
  @inline(__always)
  func decompose(_ scalar: UInt32, compatibility wanted: Bool, _ put: (UInt32) -> Void) {
    if scalar >= 0xAC00, scalar < 0xD7A4 {
      let index = scalar - 0xAC00
      put(0x1100 + index / 588)
      put(0x1161 + index % 588 / 28)
      if index % 28 > 0 { put(0x11A7 + index % 28) }
    } else if let image = (wanted ? compatibility[scalar] : nil) ?? canonical[scalar] {
      for part in image { put(part) }
    } else {
      put(scalar)
    }
  }

  /// The one scalar that stands for two, or nil.
  func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if first >= 0x1100, first < 0x1113, second >= 0x1161, second < 0x1176 {
      return 0xAC00 + (first - 0x1100) * 588 + (second - 0x1161) * 28
    }
    if first >= 0xAC00, first < 0xD7A4, (first - 0xAC00) % 28 == 0, second > 0x11A7, second < 0x11C3 {
      return first + (second - 0x11A7)
    }
    return compositions[Self.key(first, second)]
  }
}
