/// Turns SentencePiece's visible character back into spaces; in the first token it goes away.
struct MetaspaceDecoder: Decoder {
  private let replacement: [UInt8]
  private let dropsFirst: Bool

  init(_ settings: StageSettings) throws {
    var bytes: [UInt8] = []
    UTF8Scalars.append(try settings.scalar("replacement"), to: &bytes)
    replacement = bytes
    dropsFirst = try PrependScheme(settings) != .never
  }

  func begin() -> any DecoderRun { Run(pattern: .text(replacement), isFirst: dropsFirst) }

  func piece(_ text: [UInt8], at place: inout PiecePlace) -> [UInt8] {
    let isFirst = dropsFirst && (place.isFirst || place.isFused)
    return TextPattern.text(replacement).replacing(in: text, by: isFirst ? [] : [0x20])
  }

  private struct Run: DecoderRun {
    let pattern: TextPattern
    var isFirst: Bool

    mutating func take(_ chunk: Chunk, _ out: inout [Chunk]) {
      let text = pattern.replacing(in: chunk.bytes, by: isFirst ? [] : [0x20])
      if chunk.endsToken { isFirst = false }
      out.append(Chunk(bytes: text, endsToken: chunk.endsToken))
    }

    mutating func finish(_ out: inout [Chunk]) {}
  }
}

extension TextPattern {
  /// The text with every match replaced.
  func replacing(in text: [UInt8], by content: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    text.withUnsafeBufferPointer { bytes in
      spans(in: bytes, 0..<bytes.count) { start, end, isMatch in
        if isMatch {
          result.append(contentsOf: content)
        } else {
          result.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<end]))
        }
      }
    }
    return result
  }
}
