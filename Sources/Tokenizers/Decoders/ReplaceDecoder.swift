/// Replaces every match of a pattern in every token.
struct ReplaceDecoder: Decoder {
  private let pattern: TextPattern
  private let content: [UInt8]

  init(_ settings: StageSettings) throws {
    pattern = try TextPattern(settings)
    content = Array(try settings.string("content").utf8)
  }

  func begin() -> any DecoderRun {
    // One character never falls into two chunks; a longer pattern may.
    if case .text(let text) = pattern, let lead = text.first, UTF8Scalars.width(lead) == text.count {
      return CharacterRun(pattern: pattern, content: content)
    }
    return TokenRun(pattern: pattern, content: content)
  }

  func piece(_ text: [UInt8], at place: inout PiecePlace) throws -> [UInt8] {
    if place.isFused {
      guard case .text(let text) = pattern, let lead = text.first, UTF8Scalars.width(lead) == text.count else {
        throw TokenizerError("what its decoder (Fuse, Replace) makes of a token depends on the tokens around it")
      }
    }
    return pattern.replacing(in: text, by: content)
  }

  private struct CharacterRun: DecoderRun {
    let pattern: TextPattern
    let content: [UInt8]

    mutating func take(_ chunk: Chunk, _ out: inout [Chunk]) {
      out.append(Chunk(bytes: pattern.replacing(in: chunk.bytes, by: content), endsToken: chunk.endsToken))
    }

    mutating func finish(_ out: inout [Chunk]) {}
  }

  private struct TokenRun: WholeTokenRun {
    let pattern: TextPattern
    let content: [UInt8]
    var waiting: [UInt8] = []

    mutating func take(token: [UInt8], _ out: inout [Chunk]) {
      out.append(Chunk(bytes: pattern.replacing(in: token, by: content), endsToken: true))
    }

    mutating func finish(_ out: inout [Chunk]) {}
  }
}
