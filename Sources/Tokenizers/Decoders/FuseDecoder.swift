/// Makes one token of all tokens.
struct FuseDecoder: Decoder {
  init(_ settings: StageSettings) throws {}

  func begin() -> any DecoderRun { Run() }

  func piece(_ text: [UInt8], at place: inout PiecePlace) -> [UInt8] {
    place.isFused = true
    return text
  }

  private struct Run: DecoderRun {
    mutating func take(_ chunk: Chunk, _ out: inout [Chunk]) {
      if !chunk.bytes.isEmpty { out.append(Chunk(bytes: chunk.bytes, endsToken: false)) }
    }

    mutating func finish(_ out: inout [Chunk]) { out.append(Chunk(bytes: [], endsToken: true)) }
  }
}
