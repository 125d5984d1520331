/// Bytes from the first to the last.
struct ByteRange: Hashable, Sendable {
  var low: UInt8
  var high: UInt8
}

/// Ranges of scalars as sequences of ranges of bytes.
enum UTF8Ranges {
  /// Reports sequences that together spell just the scalars from `low` to `high`, none of them a surrogate.
  static func split(_ low: UInt32, _ high: UInt32, _ report: ([ByteRange]) -> Void) {
    // Scalars of one length in bytes at a time.
    for limit in [0x7F, 0x7FF, 0xFFFF] as [UInt32] where low <= limit && high > limit {
      split(low, limit, report)
      split(limit + 1, high, report)
      return
    }
    let count = bytes(low).count
    // The last bytes must run from the first to the last of all, or the ones before must be equal.
    for place in 1..<max(1, count) {
      let mask = UInt32(1) << UInt32(6 * place) - 1
      guard low & ~mask != high & ~mask else { continue }
      if low & mask != 0 {
        split(low, low | mask, report)
        split((low | mask) + 1, high, report)
        return
      }
      if high & mask != mask {
        split(low, (high & ~mask) - 1, report)
        split(high & ~mask, high, report)
        return
      }
    }
    report(zip(bytes(low), bytes(high)).map { ByteRange(low: $0, high: $1) })
  }

  private static func bytes(_ scalar: UInt32) -> [UInt8] {
    switch scalar {
    case 0..<0x80: [UInt8(scalar)]
    case 0x80..<0x800: [0xC0 | UInt8(scalar >> 6), rest(scalar)]
    case 0x800..<0x10000: [0xE0 | UInt8(scalar >> 12), rest(scalar >> 6), rest(scalar)]
    default: [0xF0 | UInt8(scalar >> 18), rest(scalar >> 12), rest(scalar >> 6), rest(scalar)]
    }
  }

  private static func rest(_ bits: UInt32) -> UInt8 { 0x80 | UInt8(bits & 0x3F) }
}
