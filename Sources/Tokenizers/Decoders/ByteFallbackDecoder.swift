/// Turns tokens such as `<0xE2>` back into bytes; a row of them that is no UTF-8 becomes a U+FFFD for each.
///
/// What a row means is known only when it ends, so its text waits until then.
struct ByteFallbackDecoder: Decoder {
  init(_ settings: StageSettings) throws {}

  func begin() -> any DecoderRun { Run() }

  func piece(_ text: [UInt8], at place: inout PiecePlace) -> [UInt8] { Run.byte(text).map { [$0] } ?? text }

  private struct Run: WholeTokenRun {
    var waiting: [UInt8] = []
    private var row: [UInt8] = []

    mutating func take(token: [UInt8], _ out: inout [Chunk]) {
      if let byte = Self.byte(token) {
        row.append(byte)
        return
      }
      finish(&out)
      out.append(Chunk(bytes: token, endsToken: true))
    }

    mutating func finish(_ out: inout [Chunk]) {
      guard !row.isEmpty else { return }
      if String(validating: row, as: UTF8.self) != nil {
        out.append(Chunk(bytes: row, endsToken: true))
      } else {
        for _ in row { out.append(Chunk(bytes: Array("\u{FFFD}".utf8), endsToken: true)) }
      }
      row = []
    }

    static func byte(_ token: [UInt8]) -> UInt8? {
      guard token.count == 6, token.starts(with: "<0x".utf8), token[5] == UInt8(ascii: ">") else { return nil }
      guard let high = digit(token[3]), let low = digit(token[4]) else {
        // A sign before one digit counts as a number too.
        return token[3] == UInt8(ascii: "+") ? digit(token[4]) : nil
      }
      return high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
      switch byte {
      case 0x30...0x39: return byte - 0x30
      case 0x41...0x46: return byte - 0x41 + 10
      case 0x61...0x66: return byte - 0x61 + 10
      default: return nil
      }
    }
  }
}
