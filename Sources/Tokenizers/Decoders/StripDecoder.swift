/// Removes up to so many of a character from the start and the end of every token.
struct StripDecoder: Decoder {
  private let content: [UInt8]
  private let start: Int
  private let stop: Int

  init(_ settings: StageSettings) throws {
    var bytes: [UInt8] = []
    UTF8Scalars.append(try settings.scalar("content"), to: &bytes)
    content = bytes
    start = max(0, try settings.int("start"))
    stop = max(0, try settings.int("stop"))
  }

  func begin() -> any DecoderRun {
    stop == 0
      ? StartRun(content: content, start: start, left: start) as any DecoderRun
      : TokenRun(content: content, start: start, stop: stop)
  }

  func piece(_ text: [UInt8], at place: inout PiecePlace) throws -> [UInt8] {
    if place.isFused {
      guard stop == 0, start <= 1 else {
        throw TokenizerError("what its decoder (Fuse, Strip) makes of a token depends on the tokens around it")
      }
      return place.isFirst ? Array(Self.trimmed(text, content, upTo: start).0) : text
    }
    var (rest, _) = Self.trimmed(text, content, upTo: start)
    var removed = 0
    while removed < stop, rest.count >= content.count, rest.suffix(content.count).elementsEqual(content) {
      rest = rest.dropLast(content.count)
      removed += 1
    }
    return Array(rest)
  }

  /// The text less up to `count` characters `content` at its start, and how many those were.
  private static func trimmed(_ text: [UInt8], _ content: [UInt8], upTo count: Int) -> (ArraySlice<UInt8>, Int) {
    var rest = text[...]
    var removed = 0
    while removed < count, rest.starts(with: content) {
      rest = rest.dropFirst(content.count)
      removed += 1
    }
    return (rest, removed)
  }

  /// Only the start is stripped: the rest of the token passes at once.
  private struct StartRun: DecoderRun {
    let content: [UInt8]
    let start: Int
    var left: Int

    mutating func take(_ chunk: Chunk, _ out: inout [Chunk]) {
      var text = chunk.bytes
      if left > 0 {
        let (rest, removed) = StripDecoder.trimmed(text, content, upTo: left)
        left = rest.isEmpty ? left - removed : 0
        text = Array(rest)
      }
      if chunk.endsToken { left = start }
      out.append(Chunk(bytes: text, endsToken: chunk.endsToken))
    }

    mutating func finish(_ out: inout [Chunk]) {}
  }

  private struct TokenRun: WholeTokenRun {
    let content: [UInt8]
    let start: Int
    let stop: Int
    var waiting: [UInt8] = []

    mutating func take(token: [UInt8], _ out: inout [Chunk]) {
      var (rest, _) = StripDecoder.trimmed(token, content, upTo: start)
      var removed = 0
      while removed < stop, rest.count >= content.count, rest.suffix(content.count).elementsEqual(content) {
        rest = rest.dropLast(content.count)
        removed += 1
      }
      out.append(Chunk(bytes: Array(rest), endsToken: true))
    }

    mutating func finish(_ out: inout [Chunk]) {}
  }
}
