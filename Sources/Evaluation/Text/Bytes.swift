extension String {
  /// Hands the UTF-8 bytes of this text to `body` without copying where the text lies in one piece.
  package func withUTF8Bytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
    return Array(utf8).withUnsafeBufferPointer(body)
  }
}

/// Character classes on UTF-8 bytes.
package enum Bytes {
  /// How many bytes the white space that begins at `position` takes; 0 where none begins there.
  ///
  /// White space is what Python's `str.split()` and `str.strip()` take for it, which the reference
  /// packages split on: Unicode's spaces and line ends plus the four separators U+001C to U+001F.
  @inline(__always)
  package static func spaceLength(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
    let byte = bytes[position]
    if byte < 0x80 { return isASCIISpace(byte) ? 1 : 0 }
    return longSpaceLength(bytes, at: position)
  }

  /// Whether a byte is a white space of its own.
  @inline(__always)
  package static func isASCIISpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) || (byte >= 0x1C && byte <= 0x1F)
  }

  private static func longSpaceLength(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
    let rest = bytes.count - position
    switch bytes[position] {
    case 0xC2 where rest >= 2:
      return bytes[position + 1] == 0x85 || bytes[position + 1] == 0xA0 ? 2 : 0
    case 0xE1 where rest >= 3:
      return bytes[position + 1] == 0x9A && bytes[position + 2] == 0x80 ? 3 : 0
    case 0xE2 where rest >= 3:
      let last = bytes[position + 2]
      if bytes[position + 1] == 0x80 { return last <= 0x8A || last == 0xA8 || last == 0xA9 || last == 0xAF ? 3 : 0 }
      return bytes[position + 1] == 0x81 && last == 0x9F ? 3 : 0
    case 0xE3 where rest >= 3:
      return bytes[position + 1] == 0x80 && bytes[position + 2] == 0x80 ? 3 : 0
    default:
      return 0
    }
  }

  /// Calls `body` with the range of every word: a run without white space.
  @inline(__always)
  package static func forEachWord(in bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
    var position = 0
    var start = -1
    while position < bytes.count {
      let space = spaceLength(bytes, at: position)
      if space == 0 {
        if start < 0 { start = position }
        position += 1
      } else {
        if start >= 0 { body(start..<position) }
        start = -1
        position += space
      }
    }
    if start >= 0 { body(start..<position) }
  }

  /// The range of the text without white space at its ends.
  package static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>, leading: Bool, trailing: Bool) -> Range<Int> {
    var first = -1
    var end = 0
    forEachWord(in: bytes) { word in
      if first < 0 { first = word.lowerBound }
      end = word.upperBound
    }
    if first < 0 { return 0..<0 }
    return (leading ? first : 0)..<(trailing ? end : bytes.count)
  }

  /// Whether a byte is a digit 0 to 9.
  @inline(__always)
  package static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// Whether a byte is one of the 32 ASCII punctuation marks and symbols.
  @inline(__always)
  package static func isPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The bytes of a range, without copying.
  @inline(__always)
  package func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: self[range])
  }
}
