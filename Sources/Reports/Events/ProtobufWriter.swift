/// Writes the wire format of protocol buffers: fields by number, each with its kind.
struct ProtobufWriter {
  /// What was written.
  private(set) var bytes: [UInt8] = []

  /// A message that `fill` writes.
  static func message(_ fill: (inout ProtobufWriter) -> Void) -> [UInt8] {
    var writer = ProtobufWriter()
    fill(&writer)
    return writer.bytes
  }

  /// A whole number; negative ones take ten bytes, as the format has it for `int64`.
  mutating func integer(_ field: Int, _ value: Int) {
    tag(field, kind: 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// A double.
  mutating func double(_ field: Int, _ value: Double) {
    tag(field, kind: 1)
    fixed(value.bitPattern)
  }

  /// A float.
  mutating func float(_ field: Int, _ value: Float) {
    tag(field, kind: 5)
    fixed(value.bitPattern)
  }

  /// Text.
  mutating func text(_ field: Int, _ value: String) { bytes(field, Array(value.utf8)) }

  /// Bytes, or a message.
  mutating func bytes(_ field: Int, _ value: [UInt8]) {
    tag(field, kind: 2)
    varint(UInt64(value.count))
    bytes += value
  }

  private mutating func tag(_ field: Int, kind: UInt64) { varint(UInt64(field) << 3 | kind) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func fixed(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}
