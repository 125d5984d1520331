/// The visible characters that GPT-2 writes bytes as: itself for a printable Latin-1 character, else one from U+0100 on.
enum ByteAlphabet {
  /// The scalar for each byte.
  static let scalars: [UInt32] = {
    var other: UInt32 = 0x100
    return (UInt32(0)..<256).map { byte in
      if isPrintable(byte) { return byte }
      defer { other += 1 }
      return other
    }
  }()

  /// The byte for each scalar below U+0144, or -1.
  static let bytes: [Int16] = {
    var bytes: [Int16] = Array(repeating: -1, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = Int16(byte) }
    return bytes
  }()

  private static func isPrintable(_ byte: UInt32) -> Bool {
    (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
  }

  /// Whether an ASCII byte is written as itself.
  @inline(__always)
  static func keeps(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

  /// Puts out the characters for the UTF-8 bytes of a scalar.
  static func put(_ scalar: UInt32, into output: inout AlignedText.Output) {
    var bytes: [UInt8] = []
    UTF8Scalars.append(scalar, to: &bytes)
    for byte in bytes { output.put(scalars[Int(byte)]) }
  }

  /// The bytes that a token's characters stand for, or nil where one stands for none.
  static func decoded(_ token: some Sequence<UInt8>) -> [UInt8]? {
    let table = bytes
    var result: [UInt8] = []
    var iterator = token.makeIterator()
    while let lead = iterator.next() {
      var scalar = UInt32(lead)
      if lead >= 0x80 {
        guard lead < 0xE0, let next = iterator.next() else { return nil }
        scalar = (scalar & 0x1F) << 6 | UInt32(next & 0x3F)
      }
      guard scalar < 0x144, table[Int(scalar)] >= 0 else { return nil }
      result.append(UInt8(table[Int(scalar)]))
    }
    return result
  }
}
