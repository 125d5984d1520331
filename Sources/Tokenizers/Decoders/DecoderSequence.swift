/// Several decoders, one after the other.
struct DecoderSequence: Decoder {
  private let stages: [any Decoder]

  init(_ settings: StageSettings) throws {
    stages = try settings.stages("decoders").map { try Catalog.decoder($0) }
  }

  func begin() -> any DecoderRun { Run(stages: stages.map { $0.begin() }) }

  func piece(_ text: [UInt8], at place: inout PiecePlace) throws -> [UInt8] {
    try stages.reduce(text) { try $1.piece($0, at: &place) }
  }

  private struct Run: DecoderRun {
    var stages: [any DecoderRun]

    mutating func take(_ chunk: Chunk, _ out: inout [Chunk]) {
      out += pass([chunk], from: 0)
    }

    mutating func finish(_ out: inout [Chunk]) {
      for index in stages.indices {
        var rest: [Chunk] = []
        stages[index].finish(&rest)
        out += pass(rest, from: index + 1)
      }
    }

    private mutating func pass(_ chunks: [Chunk], from first: Int) -> [Chunk] {
      var chunks = chunks
      for index in stages.indices.dropFirst(first) {
        if chunks.isEmpty { break }
        var next: [Chunk] = []
        for chunk in chunks { stages[index].take(chunk, &next) }
        chunks = next
      }
      return chunks
    }
  }
}
