/// A digest of the SHA family (FIPS 180-4): blocks of 64 bytes are worked into a state of 32-bit words.
public protocol BlockDigest {
  /// The bytes so far.
  var blocks: DigestBlocks { get set }
  /// Works one block of 64 bytes, from `start` on, into the state.
  static func compress(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ state: inout [UInt32])
}

/// The bytes that a digest has taken: those of whole blocks are in the state, the rest waits.
public struct DigestBlocks: Sendable {
  fileprivate var state: [UInt32]
  fileprivate var pending: [UInt8] = []
  fileprivate var length: UInt64 = 0

  /// No bytes yet, with the algorithm's first state.
  public init(state: [UInt32]) { self.state = state }

  /// The four bytes from `at` on as one word, the greatest first.
  static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32 {
    UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8 | UInt32(bytes[at + 3])
  }
}

extension BlockDigest {
  /// Adds bytes.
  public mutating func update(_ bytes: [UInt8]) {
    blocks.length += UInt64(bytes.count)
    var start = 0
    if !blocks.pending.isEmpty {
      start = min(64 - blocks.pending.count, bytes.count)
      blocks.pending += bytes[..<start]
      guard blocks.pending.count == 64 else { return }
      blocks.pending.withUnsafeBufferPointer { Self.compress($0, 0, &blocks.state) }
      blocks.pending.removeAll(keepingCapacity: true)
    }
    bytes.withUnsafeBufferPointer { buffer in
      while start + 64 <= buffer.count {
        Self.compress(buffer, start, &blocks.state)
        start += 64
      }
    }
    blocks.pending += bytes[start...]
  }

  /// The digest of all bytes so far.
  public func bytes() -> [UInt8] {
    var rest = blocks.pending + [0x80]
    rest += repeatElement(0, count: (120 - rest.count) % 64)
    rest += (0..<8).map { UInt8(truncatingIfNeeded: (blocks.length &* 8) >> (56 - 8 * UInt64($0))) }
    var state = blocks.state
    rest.withUnsafeBufferPointer { buffer in
      for start in stride(from: 0, to: buffer.count, by: 64) { Self.compress(buffer, start, &state) }
    }
    return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
  }

  /// The digest of all bytes so far in hexadecimal, two letters a byte.
  public func hex() -> String {
    bytes().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
