extension JSONParser {
  /// Reads a string whose opening quote stands at `place`.
  ///
  /// Invalid UTF-8 and halves of surrogate pairs become U+FFFD, as every lenient reader has it.
  mutating func string() throws(JSONError) -> String {
    let open = place
    place += 1
    let start = place
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\"") {
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        place += 1
        return text
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start, opened: open) }
      if byte < 0x20 { throw problem("a control character inside a string; write it as an escape") }
      place += 1
    }
    throw problem("a string that begins here never ends", at: open)
  }

  private mutating func escapedString(from start: Int, opened open: Int) throws(JSONError) -> String {
    var text = Array(bytes[start..<place])
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw problem("a control character inside a string; write it as an escape", at: place - 1)
      default: text.append(byte)
      }
    }
    throw problem("a string that begins here never ends", at: open)
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    guard place < bytes.count else { throw problem("the text ends inside an escape") }
    let byte = bytes[place]
    place += 1
    switch byte {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "u"): text.append(contentsOf: String(Character(try unicodeScalar())).utf8)
    default: throw problem("an unknown escape", at: place - 2)
    }
  }

  private mutating func unicodeScalar() throws(JSONError) -> UnicodeScalar {
    let replacement: UnicodeScalar = "\u{FFFD}"
    let first = try fourHexDigits()
    if let scalar = UnicodeScalar(first) { return scalar }
    guard first < 0xDC00, place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
      bytes[place + 1] == UInt8(ascii: "u")
    else { return replacement }
    let before = place
    place += 2
    let second = try fourHexDigits()
    guard (0xDC00..<0xE000).contains(second) else {
      place = before
      return replacement
    }
    return UnicodeScalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? replacement
  }

  private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard place < bytes.count, let digit = Character(UnicodeScalar(bytes[place])).hexDigitValue else {
        throw problem("four hexadecimal digits were expected after \\u")
      }
      value = value << 4 | UInt32(digit)
      place += 1
    }
    return value
  }
}
