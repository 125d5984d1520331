/// Turns GPT-2's visible characters back into bytes; what is no UTF-8 becomes U+FFFD.
struct ByteLevelDecoder: Decoder {
  init(_ settings: StageSettings) throws {}

  func begin() -> any DecoderRun { Run() }

  func piece(_ text: [UInt8], at place: inout PiecePlace) -> [UInt8] { ByteAlphabet.decoded(text) ?? text }

  private struct Run: WholeTokenRun {
    var waiting: [UInt8] = []
    /// The start of a character whose end has not come yet.
    private var open: [UInt8] = []

    mutating func take(token: [UInt8], _ out: inout [Chunk]) {
      open += ByteAlphabet.decoded(token) ?? token
      let ready = open.count - Self.unfinished(open)
      guard ready > 0 else { return }
      if ready == open.count, open.allSatisfy({ $0 < 0x80 }) {
        out.append(Chunk(bytes: open, endsToken: false))
        open = []
        return
      }
      let text = String(decoding: open[..<ready], as: UTF8.self)
      open.removeFirst(ready)
      out.append(Chunk(bytes: Array(text.utf8), endsToken: false))
    }

    mutating func finish(_ out: inout [Chunk]) {
      out.append(Chunk(bytes: Array(String(decoding: open, as: UTF8.self).utf8), endsToken: true))
      open = []
    }

    /// How many bytes at the end may yet become a character.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
      for back in 1...3 where back <= bytes.count {
        let byte = bytes[bytes.count - back]
        if byte & 0xC0 == 0x80 { continue }
        let width = byte < 0xC2 || byte > 0xF4 ? 1 : UTF8Scalars.width(byte)
        guard width > back else { return 0 }
        if back > 1, !Self.mayFollow(byte, bytes[bytes.count - back + 1]) { return 0 }
        return back
      }
      return 0
    }

    /// Whether `second` may stand after `lead` in UTF-8.
    private static func mayFollow(_ lead: UInt8, _ second: UInt8) -> Bool {
      switch lead {
      case 0xE0: return second >= 0xA0
      case 0xED: return second < 0xA0
      case 0xF0: return second >= 0x90
      case 0xF4: return second < 0x90
      default: return true
      }
    }
  }
}
