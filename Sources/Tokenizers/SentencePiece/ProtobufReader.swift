/// Reads the fields of one protocol-buffer message, one after the other.
///
/// The wire format: https://protobuf.dev/programming-guides/encoding
struct ProtobufReader {
  /// What a field holds.
  enum Value {
    case number(UInt64)
    /// Little-endian bits.
    case fixed64(UInt64)
    case fixed32(UInt32)
    /// A text, bytes or a message: its place in the file.
    case bytes(Range<Int>)
  }

  private let bytes: [UInt8]
  private var place: Int
  private let end: Int

  /// A reader over the message that lies in `range` of a file.
  init(_ bytes: [UInt8], _ range: Range<Int>? = nil) {
    self.bytes = bytes
    place = range?.lowerBound ?? 0
    end = range?.upperBound ?? bytes.count
  }

  /// The next field, or nil at the end of the message.
  ///
  /// - Throws: `ProtobufError` where the bytes are no field.
  mutating func next() throws(ProtobufError) -> (field: Int, value: Value, place: Int)? {
    guard place < end else { return nil }
    let start = place
    let key = try varint()
    let field = Int(key >> 3)
    guard field > 0, field < 1 << 29 else { throw ProtobufError(offset: start, problem: "a field has no valid number") }
    switch key & 7 {
    case 0: return (field, .number(try varint()), start)
    case 1: return (field, .fixed64(try fixed(8)), start)
    case 2:
      let count = try varint()
      guard count <= UInt64(end - place) else {
        throw ProtobufError(
          offset: start, problem: "field \(field) is to have \(count) bytes, but only \(end - place) are left")
      }
      let range = place..<place + Int(count)
      place = range.upperBound
      return (field, .bytes(range), start)
    case 5: return (field, .fixed32(UInt32(try fixed(4))), start)
    default: throw ProtobufError(offset: start, problem: "field \(field) has the unknown wire type \(key & 7)")
    }
  }

  private mutating func varint() throws(ProtobufError) -> UInt64 {
    let start = place
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard place < end else { throw ProtobufError(offset: start, problem: "the file ends inside a number") }
      let byte = bytes[place]
      place += 1
      value |= shift < 64 ? UInt64(byte & 0x7F) << shift : 0
      if byte < 0x80 { return value }
    }
    throw ProtobufError(offset: start, problem: "a number has more than ten bytes")
  }

  private mutating func fixed(_ count: Int) throws(ProtobufError) -> UInt64 {
    guard place + count <= end else { throw ProtobufError(offset: place, problem: "the file ends inside a number") }
    defer { place += count }
    return (0..<count).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
  }
}

/// Why bytes are no protocol-buffer message, and where.
struct ProtobufError: Error {
  /// The byte in the file, counted from 0.
  let offset: Int
  let problem: String
}
