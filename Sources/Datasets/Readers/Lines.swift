import Foundation

/// The lines of a file: where each begins and ends, without its line break.
struct Lines: Sequence, IteratorProtocol {
  let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  private var number = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func next() -> (range: Range<Int>, number: Int)? {
    guard place < bytes.count, let base = bytes.baseAddress else { return nil }
    let start = place
    let found = memchr(base + start, 0x0A, bytes.count - start)
    var end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? bytes.count
    place = end + 1
    if end > start, bytes[end - 1] == 0x0D { end -= 1 }
    number += 1
    return (start..<end, number)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a part holds nothing but spaces and tabs.
  func isBlank(_ range: Range<Int>) -> Bool { self[range].allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
}
