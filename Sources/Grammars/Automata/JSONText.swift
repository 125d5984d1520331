import OrchardJSON

/// How JSON values are written, one way each.
enum JSONText {
  /// The escape of a quote, a backslash or a control character.
  static func escape(_ scalar: UInt32) -> [UInt8] {
    switch scalar {
    case 0x22: return Array("\\\"".utf8)
    case 0x5C: return Array("\\\\".utf8)
    case 0x08: return Array("\\b".utf8)
    case 0x09: return Array("\\t".utf8)
    case 0x0A: return Array("\\n".utf8)
    case 0x0C: return Array("\\f".utf8)
    case 0x0D: return Array("\\r".utf8)
    default:
      let digits = Array("0123456789abcdef".utf8)
      return Array("\\u00".utf8) + [digits[Int(scalar >> 4 & 15)], digits[Int(scalar & 15)]]
    }
  }

  /// A text in quotes.
  static func quoted(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = [0x22]
    for scalar in text.unicodeScalars {
      if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" {
        bytes += escape(scalar.value)
      } else {
        bytes += Array(String(Character(scalar)).utf8)
      }
    }
    return bytes + [0x22]
  }
}
