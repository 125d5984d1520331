/// A small number for each Unicode code point, in pages of 256 of which equal ones are held once.
struct CodePointTable: Sendable {
  private var pages: [UInt16] = []
  private var values: [UInt16] = []

  /// Reads runs of `length:value`, both hexadecimal, that cover all code points in order.
  init(runs text: StaticString) {
    var page: [UInt16] = []
    var known: [[UInt16]: UInt16] = [:]
    func close() -> UInt16 {
      if let index = known[page] { return index }
      let index = UInt16(values.count >> 8)
      known[page] = index
      values.append(contentsOf: page)
      return index
    }
    page.reserveCapacity(256)
    // One allocation for most pages: whole pages of one value are looked up by that value.
    var whole: [UInt16: UInt16] = [:]
    var reader = HexReader(text)
    while let length = reader.number() {
      let value = UInt16(truncatingIfNeeded: reader.number() ?? 0)
      var left = Int(length)
      while left > 0 {
        if page.isEmpty, left >= 256 {
          left -= 256
          if let index = whole[value] {
            pages.append(index)
          } else {
            page = Array(repeating: value, count: 256)
            let index = close()
            whole[value] = index
            pages.append(index)
            page.removeAll(keepingCapacity: true)
          }
          continue
        }
        let count = min(left, 256 - page.count)
        page.append(contentsOf: repeatElement(value, count: count))
        left -= count
        if page.count == 256 {
          pages.append(close())
          page.removeAll(keepingCapacity: true)
        }
      }
    }
  }

  @inline(__always)
  subscript(scalar: UInt32) -> UInt16 {
    values[Int(pages[Int(scalar >> 8)]) << 8 | Int(scalar & 255)]
  }
}

/// Reads hexadecimal numbers out of a text; every other byte separates.
struct HexReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  /// The byte that ended the last number, 0 at the end of the text.
  private(set) var separator: UInt8 = 0

  init(_ text: StaticString) {
    bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }

  mutating func number() -> UInt32? {
    var value: UInt32 = 0
    var found = false
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x61...0x66: value = value << 4 | UInt32(byte - 0x61 + 10)
      default:
        separator = byte
        if found { return value }
        continue
      }
      found = true
    }
    separator = 0
    return found ? value : nil
  }
}
